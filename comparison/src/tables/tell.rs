//! Sentences with figures in them, and facts that are counted: what the rows have in common.

use super::words::{memory, time, times};
use crate::report::{Arm, Experiment};
use crate::verdict::{Missing, arm, find, ratio};

/// The text with each `{arm}` replaced by what that arm of the experiment tells, each `{arm / arm}` by their ratio.
pub(super) fn tell(report: &[Experiment], id: &str, text: &str) -> Result<String, Missing> {
    let experiment = find(report, id)?;
    let mut told = String::new();
    for (n, part) in text.split(['{', '}']).enumerate() {
        told += &match part.split_once(" / ") {
            _ if n % 2 == 0 => part.to_owned(),
            Some((above, below)) => times(ratio(experiment, [above, below])?),
            None => figure(arm(experiment, part)?),
        };
    }
    Ok(told)
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

/// What is known beside what decided: the sentences of those that have samples.
pub(super) fn told<const N: usize>(sentences: [Result<String, Missing>; N]) -> String {
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// One cell of several parts, if there are samples of all.
pub(super) fn together<const N: usize>(parts: [Result<String, Missing>; N]) -> Result<Vec<String>, Missing> {
    let parts: Vec<String> = parts.into_iter().collect::<Result<_, _>>()?;
    Ok(vec![parts.join("; ")])
}
