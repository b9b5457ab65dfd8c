//! From ratios to words: how a verdict is computed.

use crate::report::{Arm, Experiment, Ratio, Status};
use crate::stats::MATTERS;

/// How one arm compares with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// The whole interval lies above the smallest ratio that matters.
    More,
    /// The whole interval lies between that ratio and its inverse.
    Same,
    /// The whole interval lies below its inverse.
    Less,
    /// The interval crosses a line.
    Unclear,
}

/// Compares, given the noise floor: what the same against the same differs by cannot be told from nothing. Noise hides
/// a difference; it never makes two things the same.
pub fn compare(ratio: &Ratio, floor: f64) -> Compared {
    let line = MATTERS.max(floor);
    match (ratio.low, ratio.high) {
        (low, _) if low > line => Compared::More,
        (_, high) if high < 1.0 / line => Compared::Less,
        (low, high) if low > 1.0 / MATTERS && high < MATTERS => Compared::Same,
        _ => Compared::Unclear,
    }
}

/// What the rules mean by their words.
pub const LINE: &str = "Clearly more or less: the whole 95 % interval of the ratio of medians is beyond 1.2 and \
    beyond the noise of the same against the same. The same: the whole interval is within 1.2. Else it is \
    unclear, and a row that hangs on it unresolved.";

/// The noise floor of an experiment: how far its control, the same against the same, lay from 1. Without a control, 1.
pub fn floor(experiment: &Experiment) -> f64 {
    let controls = experiment.ratios.iter().filter(|ratio| ratio.of[0].starts_with("control:"));
    controls.map(|ratio| ratio.high.max(1.0 / ratio.low)).fold(1.0, f64::max)
}

/// Why a row has no samples: its verdict is *unresolved*.
#[derive(Debug)]
pub struct Missing(pub String);

/// The experiment `id`, if it was done.
///
/// # Errors
/// Why there are no samples.
pub fn find<'a>(report: &'a [Experiment], id: &str) -> Result<&'a Experiment, Missing> {
    let experiment = report.iter().find(|experiment| experiment.id == id);
    let experiment = experiment.ok_or_else(|| Missing(format!("{id} was not run")))?;
    match experiment.status {
        Status::Ok => Ok(experiment),
        Status::Skipped => Err(Missing(format!("{id} was left out: {}", experiment.why.as_deref().unwrap_or("?")))),
        Status::Failed => Err(Missing(format!("{id} failed: {}", experiment.why.as_deref().unwrap_or("?")))),
    }
}

/// The arm of that name.
///
/// # Errors
/// When the experiment has none: a report of another version.
pub fn arm<'a>(experiment: &'a Experiment, name: &str) -> Result<&'a Arm, Missing> {
    experiment.arm(name).ok_or_else(|| Missing(format!("{} has no arm '{name}'", experiment.id)))
}

/// The ratio of those two arms, numerator first.
///
/// # Errors
/// When the experiment has none: a report of another version.
pub fn ratio<'a>(experiment: &'a Experiment, of: [&str; 2]) -> Result<&'a Ratio, Missing> {
    let missing = || Missing(format!("{} has no ratio of '{}' to '{}'", experiment.id, of[0], of[1]));
    experiment.ratio(of).ok_or_else(missing)
}
