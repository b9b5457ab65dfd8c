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
        let (name, _) = expected(name);
        told += &match name.split_once(" / ") {
            Some((above, below)) => times(ratio(find(report, id)?, [above, below])?),
            None => figure(arm(find(report, id)?, name)?),
        };
    }
    Ok(told)
}

/// Whether every sample of each `{arm = n}` in the text is n, and of each `{arm > n}` more than n.
pub(super) fn holds(report: &[Experiment], id: &str, text: &str) -> Result<bool, Missing> {
    let mut all = true;
    for part in text.split(['{', '}']).skip(1).step_by(2) {
        let (id, name) = part.split_once(" | ").unwrap_or((id, part));
        if let (name, Some((sign, n))) = expected(name) {
            let samples = &arm(find(report, id)?, name)?.samples;
            all &= samples.iter().all(|&sample| if sign == "=" { sample == n } else { sample > n });
        }
    }
    Ok(all)
}

/// An arm's name, and what is expected of its samples.
fn expected(name: &str) -> (&str, Option<(&str, f64)>) {
    match name.rsplitn(3, ' ').collect_vec()[..] {
        [n, sign @ ("=" | ">"), name] => (name, n.parse().ok().map(|n| (sign, n))),
        _ => (name, None),
    }
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
