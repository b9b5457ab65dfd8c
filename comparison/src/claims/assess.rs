//! From samples to conditions, and from conditions to a verdict.

use super::words::{interval, times};
use super::{Missing, Verdict};
use crate::measure::samples::{Experiment, Ratio, Status};
use crate::measure::stats::MIN_EFFECT;

/// How one arm compares with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// The whole interval lies above the smallest ratio that counts, and above the noise.
    More,
    /// The whole interval lies between that ratio and its inverse.
    Equivalent,
    /// The whole interval lies below its inverse.
    Less,
    /// The interval crosses a line.
    Unclear,
}

/// What an experiment's samples cannot tell from nothing.
#[derive(Debug, Clone, Copy)]
pub struct Noise {
    /// How far the control, the same against the same, lay from 1; 1 without a control.
    pub floor: f64,
    /// How many processors others kept busy meanwhile.
    pub others: f64,
}

/// From here on somebody works beside us. In processors.
pub const BUSY: f64 = 0.25;

/// Compares, given the noise: what the same against the same differs by cannot be told from nothing, and neighbours
/// that keep n processors busy may have stretched one side by 1 + n. Noise hides a difference; it never makes two things
/// equivalent.
pub fn compare(ratio: &Ratio, noise: Noise) -> Compared {
    let busy = noise.others >= BUSY;
    let line = MIN_EFFECT.max(noise.floor) * if busy { 1.0 + noise.others } else { 1.0 };
    match (ratio.low, ratio.high) {
        (low, _) if low > line => Compared::More,
        (_, high) if high < 1.0 / line => Compared::Less,
        (low, high) if !busy && low > 1.0 / MIN_EFFECT && high < MIN_EFFECT => Compared::Equivalent,
        _ => Compared::Unclear,
    }
}

/// The noise of an experiment: its controls, and its neighbours.
pub fn noise(experiment: &Experiment) -> Noise {
    let controls = experiment.ratios.iter().filter(|ratio| ratio.of[0].starts_with("control"));
    let floor = controls.map(|ratio| ratio.high.max(1.0 / ratio.low)).fold(1.0, f64::max);
    Noise { floor, others: experiment.others.cpus }
}

/// Whether a condition of a claim holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Clearly.
    Yes,
    /// Clearly not.
    No,
    /// The samples cannot tell.
    Unclear,
}

/// One condition of a claim, in one setting.
#[derive(Debug, Clone)]
pub struct Condition {
    /// Whether it holds.
    pub holds: Holds,
    /// What it is, with its figures; where it is unclear, why, and what to do.
    pub text: String,
    /// The ratio it rests on, if it does.
    pub ratio: Option<Ratio>,
}

/// What is asked of a ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// The first takes clearly more.
    More,
    /// The first does not take clearly more.
    NotMore,
}

impl Condition {
    /// Something that was counted.
    pub fn fact(holds: bool, text: impl Into<String>) -> Self {
        Self { holds: if holds { Holds::Yes } else { Holds::No }, text: text.into(), ratio: None }
    }

    /// Something that was counted in several trials: it holds when nine of ten show it, it does not when one of ten
    /// does, so that no single miscount decides. How often is said where the trials differ.
    pub fn trials(yes: usize, trials: usize, text: impl Into<String>) -> Self {
        let share = yes as f64 / trials.max(1) as f64;
        let mut text = text.into();
        if yes > 0 && yes < trials {
            text += &format!(" (in {yes} of {trials} trials)");
        }
        let holds = match share {
            share if share >= 0.9 => Holds::Yes,
            share if share <= 0.1 => Holds::No,
            _ => Holds::Unclear,
        };
        Self { holds, text, ratio: None }
    }

    /// Whether `above` takes more than `below`; `what` says it in words.
    ///
    /// # Errors
    /// When there is no such ratio.
    pub fn ratio(done: &Experiment, above: &str, below: &str, want: Want, what: &str) -> Result<Self, Missing> {
        let ratio = ratio(done, above, below)?;
        let noise = noise(done);
        let holds = match (compare(&ratio, noise), want) {
            (Compared::More, Want::More) | (Compared::Less | Compared::Equivalent, Want::NotMore) => Holds::Yes,
            (Compared::Unclear, Want::NotMore) if ratio.high < MIN_EFFECT && noise.others < BUSY => Holds::Yes,
            (Compared::Unclear, Want::More) if ratio.high < MIN_EFFECT && noise.others < BUSY => Holds::No,
            // Precisely below the line: more samples could not make it a clear difference.
            (Compared::Unclear, Want::More)
                if is_precise(&ratio) && ratio.median < MIN_EFFECT && noise.others < BUSY =>
            {
                Holds::No
            }
            (Compared::Unclear, _) => Holds::Unclear,
            _ => Holds::No,
        };
        let mut text = format!("{what}: {} ({})", times(ratio.median), interval(&ratio));
        if holds == Holds::Unclear {
            text += &format!(" – {}", remedy(&ratio, noise, done));
        }
        Ok(Self { holds, text, ratio: Some(ratio) })
    }

    /// The mark before its text.
    pub fn mark(&self) -> &'static str {
        match self.holds {
            Holds::Yes => "✓",
            Holds::No => "✗",
            Holds::Unclear => "?",
        }
    }
}

/// Whether the ends of the interval are within 15 % of each other.
fn is_precise(ratio: &Ratio) -> bool {
    ratio.high / ratio.low < 1.15
}

/// Why a ratio tells nothing, and what to do about it.
fn remedy(ratio: &Ratio, noise: Noise, done: &Experiment) -> String {
    if noise.others >= BUSY {
        let by = done.others.most.as_ref().map_or(String::new(), |name| format!(" ({name})"));
        return format!("others used {:.1} CPUs{by}: close them and run again", noise.others);
    }
    if is_precise(ratio) {
        return format!("precisely near {MIN_EFFECT}: more samples will not settle it; look at the figure itself");
    }
    if noise.floor > MIN_EFFECT && (ratio.low > MIN_EFFECT || ratio.high < 1.0 / MIN_EFFECT) {
        return format!("the same against the same differed by {}: run again on a quiet machine", times(noise.floor));
    }
    let samples = done.arm(&ratio.of[0]).map_or(0, |arm| arm.count());
    format!("imprecise, {samples} samples: run in full, or again")
}

/// The verdict on a claim of several conditions.
pub fn verdict(conditions: &[Condition]) -> Verdict {
    let count = |holds| conditions.iter().filter(|condition| condition.holds == holds).count();
    match (count(Holds::Yes), count(Holds::No), count(Holds::Unclear)) {
        (1.., 1.., _) => Verdict::Depends,
        (1.., 0, 0) => Verdict::Supported,
        (0, 1.., 0) => Verdict::Contradicted,
        _ => Verdict::Unresolved,
    }
}

/// Whether all of them hold clearly.
pub fn all_hold(conditions: &[Condition]) -> bool {
    conditions.iter().all(|condition| condition.holds == Holds::Yes)
}

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
        Status::Skipped => Err(Missing(format!("{id} was skipped: {why}"))),
        Status::Failed => Err(Missing(format!("{id} failed: {why}"))),
    }
}

/// The ratio of two arms, numerator first; either way round.
///
/// # Errors
/// When there is none.
pub fn ratio(done: &Experiment, above: &str, below: &str) -> Result<Ratio, Missing> {
    let direct = done.ratio(above, below).cloned();
    let turned = || done.ratio(below, above).map(Ratio::inverse);
    direct.or_else(turned).ok_or_else(|| {
        let why = done.why.as_ref().map_or(String::new(), |why| format!(" ({why})"));
        Missing(format!("{} has too few samples of '{above}' and '{below}'{why}", done.id))
    })
}

/// The median of an arm.
///
/// # Errors
/// When there is none.
pub fn median(done: &Experiment, arm: &str) -> Result<f64, Missing> {
    let missing = || Missing(format!("{} has no arm '{arm}'", done.id));
    done.arm(arm).map(|arm| arm.median).ok_or_else(missing)
}

/// In how many trials of how many an arm showed what is asked.
///
/// # Errors
/// When there is no such arm.
pub fn trials(done: &Experiment, arm: &str, is: impl Fn(f64) -> bool) -> Result<(usize, usize), Missing> {
    let missing = || Missing(format!("{} has no arm '{arm}'", done.id));
    let arm = done.arm(arm).ok_or_else(missing)?;
    Ok((arm.samples().filter(|sample| is(*sample)).count(), arm.count()))
}

/// In how many trials of how many an arm was seen.
///
/// # Errors
/// When there is no such arm.
pub fn seen(done: &Experiment, arm: &str) -> Result<(usize, usize), Missing> {
    trials(done, arm, |sample| sample == 1.0)
}

/// A condition on a count in every trial.
///
/// # Errors
/// When there is no such arm.
pub fn counted(done: &Experiment, arm: &str, is: impl Fn(f64) -> bool, text: &str) -> Result<Condition, Missing> {
    let (yes, all) = trials(done, arm, is)?;
    Ok(Condition::trials(yes, all, text))
}
