//! The candidates against each other, with the same jobs.

use std::io;
use std::time::Duration;

use super::candidates::{CANDIDATES, Cost, Jobs};
use super::{Outcome, Plan, work};
use crate::bench::interleave;
use crate::stats;

/// Every candidate does all the jobs, again and again; its total time, and the longest delay of the loop meanwhile.
pub(super) fn compete(plan: &Plan, rounds: usize, jobs: &Jobs, expected: u64) -> io::Result<Outcome> {
    let costs = interleave(plan, rounds, CANDIDATES.len(), |turn| {
        let cost = CANDIDATES[turn].run(jobs)?;
        work::check(cost.result, expected)?;
        Ok(cost)
    })?;
    let mut arms = Vec::new();
    for (candidate, costs) in CANDIDATES.iter().zip(&costs) {
        let arm = |what: &str, of: fn(&Cost) -> Duration| {
            let samples = costs.iter().map(|cost| of(cost).as_nanos() as f64).collect();
            stats::arm(&format!("{}: {what}", candidate.name), candidate.boundary, "ns", samples)
        };
        arms.extend([arm("total", |cost| cost.total), arm("loop delay", |cost| cost.delay)]);
    }
    let names: Vec<String> = arms.iter().map(|arm| arm.name.clone()).collect();
    Ok(Outcome::measured(arms, &pairs(&names), plan.seed))
}

/// Every total with every other, every delay with every other: each pair once, the control's above.
fn pairs(names: &[String]) -> Vec<[&str; 2]> {
    let what = |name: &str| name.rsplit(": ").next().map(str::to_owned);
    let mut pairs = Vec::new();
    for (n, below) in names.iter().enumerate() {
        for above in &names[n + 1..] {
            let control = above.starts_with("control:");
            if what(above) == what(below) && (!control || below.starts_with("inline:")) {
                pairs.push([above.as_str(), below.as_str()]);
            }
        }
    }
    pairs
}
