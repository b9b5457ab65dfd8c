//! From ratios to words: how a verdict is computed.

use crate::report::{Arm, Experiment, Ratio, Status, Verdict};
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

impl From<bool> for Compared {
    /// A part of a claim that is counted.
    fn from(so: bool) -> Self {
        if so { Self::More } else { Self::Less }
    }
}

/// What an experiment's samples cannot tell from nothing.
#[derive(Debug, Clone, Copy)]
pub struct Noise {
    /// How far the control, the same against the same, lay from 1; 1 without a control.
    pub floor: f64,
    /// How many processors others kept busy meanwhile.
    pub others: f64,
}

/// From here on others are no longer noise of the machine: somebody works beside us. In processors.
pub const BUSY: f64 = 0.25;

/// Compares, given the noise: what the same against the same differs by cannot be told from nothing, and neighbours
/// that keep n processors busy may have stretched one side by 1 + n. Noise hides a difference; it never makes two things
/// the same.
pub fn compare(ratio: &Ratio, noise: Noise) -> Compared {
    let busy = noise.others >= BUSY;
    let line = MATTERS.max(noise.floor) * if busy { 1.0 + noise.others } else { 1.0 };
    match (ratio.low, ratio.high) {
        (low, _) if low > line => Compared::More,
        (_, high) if high < 1.0 / line => Compared::Less,
        (low, high) if !busy && low > 1.0 / MATTERS && high < MATTERS => Compared::Same,
        _ => Compared::Unclear,
    }
}

/// What the rules mean by their words.
pub const LINE: &str = "Clearly more or less: the whole 95 % interval of the ratio of medians is beyond 1.2 and \
    beyond the noise of the same against the same; while others kept n CPUs busy, beyond 1 + n times that. The same: \
    the whole interval is within 1.2, and nobody else was busy. Else it is unclear, and a row that hangs on it \
    unresolved.";

/// The noise of an experiment: its control, and its neighbours.
pub fn noise(experiment: &Experiment) -> Noise {
    let controls = experiment.ratios.iter().filter(|ratio| ratio.of[0].starts_with("control:"));
    let floor = controls.map(|ratio| ratio.high.max(1.0 / ratio.low)).fold(1.0, f64::max);
    Noise { floor, others: experiment.others.cpus }
}

/// The verdict on a claim of several parts, each clearly so, clearly not, or unclear.
pub fn of_parts(parts: &[Compared]) -> Verdict {
    let count = |is: fn(Compared) -> bool| parts.iter().filter(|&&part| is(part)).count();
    let (so, unclear) = (count(|part| part == Compared::More), count(|part| part == Compared::Unclear));
    match (so, parts.len() - so - unclear) {
        (_, 0) if unclear == 0 => Verdict::Supported,
        (0, _) if unclear == 0 => Verdict::Contradicted,
        (1.., 1..) => Verdict::Depends,
        _ => Verdict::Unresolved,
    }
}

/// The verdict on a claim whose parts are counted, and so never unclear.
pub fn of_facts<const N: usize>(facts: [bool; N]) -> Verdict {
    of_parts(&facts.map(Compared::from))
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
    let why = experiment.why.as_deref().unwrap_or("no reason given");
    match experiment.status {
        Status::Ok => Ok(experiment),
        Status::Skipped => Err(Missing(format!("{id} left out: {why}"))),
        Status::Failed => Err(Missing(format!("{id} failed: {why}"))),
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
