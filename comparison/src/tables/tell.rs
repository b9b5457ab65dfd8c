//! Sentences with figures in them, and facts that are counted: what the rows have in common.

use itertools::Itertools;

use super::words::{memory, time, times};
use crate::report::{Arm, Experiment};
use crate::verdict::{Missing, arm, find, ratio};

/// The text with each `{arm}` replaced by what that arm of the experiment `id` tells, and each `{arm / arm}` by their
/// ratio; `{other.id | arm}` is of another experiment.
pub(super) fn tell(report: &[Experiment], id: &str, text: &str) -> Result<String, Missing> {
    let mut told = String::new();
    for (n, part) in text.split(['{', '}']).enumerate() {
        if n % 2 == 0 {
            told += part;
            continue;
        }
        let (id, name) = part.split_once(" | ").unwrap_or((id, part));
        told += &match name.split_once(" / ") {
            Some((above, below)) => times(ratio(find(report, id)?, [above, below])?),
            None => figure(arm(find(report, id)?, name)?),
        };
    }
    Ok(told)
}

/// A cell from each text.
pub(super) fn cells(report: &[Experiment], id: &str, texts: &[&str]) -> Result<Vec<String>, Missing> {
    texts.iter().map(|text| tell(report, id, text)).collect()
}

/// What is known beside what decided: a sentence from each text whose figures there are.
pub(super) fn told(report: &[Experiment], id: &str, texts: &[&str]) -> String {
    texts.iter().filter_map(|text| tell(report, id, text).ok()).filter(|text| !text.is_empty()).join(" ")
}

/// Its median; where trials were asked a question, how many of them answered yes.
fn figure(arm: &Arm) -> String {
    match arm.unit.as_str() {
        "ns" => time(arm.median),
        "KiB" => memory(arm.median),
        "count" => arm.median.to_string(),
        _ => {
            let (yes, trials) = count(arm);
            format!("{yes} of {trials}")
        }
    }
}

/// The median of an arm.
pub(super) fn median(report: &[Experiment], id: &str, name: &str) -> Result<f64, Missing> {
    Ok(arm(find(report, id)?, name)?.median)
}

/// How many of an arm's trials counted 1, and how many there were.
pub(super) fn count(arm: &Arm) -> (usize, usize) {
    (arm.samples.iter().filter(|&&sample| sample > 0.0).count(), arm.samples.len())
}

/// Whether every sample of these arms is what is expected of it.
pub(super) fn always(report: &[Experiment], id: &str, expected: &[(&str, f64)]) -> Result<bool, Missing> {
    let experiment = find(report, id)?;
    let mut all = true;
    for (name, value) in expected {
        all &= arm(experiment, name)?.samples.iter().all(|sample| sample == value);
    }
    Ok(all)
}
