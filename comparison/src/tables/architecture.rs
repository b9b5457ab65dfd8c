//! "Node.js Architecture": a file for each row.

use super::Claims;
use crate::report::{Experiment, Verdict};
use crate::verdict::{Missing, arm};

mod event_loop;
mod pool;
mod processes;
mod workers;

pub(super) const CLAIMS: Claims = Claims {
    id: "architecture",
    title: "Node.js Architecture",
    key_column: "Part",
    columns: &["Description"],
    rows: &[event_loop::ROW, pool::ROW, workers::ROW, processes::ROW],
};

/// Whether every sample of an arm is `expected`.
fn always(experiment: &Experiment, name: &str, expected: f64) -> Result<bool, Missing> {
    Ok(arm(experiment, name)?.samples.iter().all(|&sample| sample == expected))
}

/// The median of an arm that counts.
fn count(experiment: &Experiment, name: &str) -> Result<f64, Missing> {
    Ok(arm(experiment, name)?.median)
}

/// A verdict on a claim with several parts.
fn of_parts<const N: usize>(holds: [bool; N]) -> Verdict {
    match holds.iter().filter(|&&holds| holds).count() {
        n if n == N => Verdict::Supported,
        0 => Verdict::Contradicted,
        _ => Verdict::Depends,
    }
}

fn trials(experiment: &Experiment) -> usize {
    experiment.arms.first().map_or(0, |arm| arm.samples.len())
}
