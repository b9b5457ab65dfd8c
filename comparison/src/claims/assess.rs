//! From samples to conditions, and from conditions to a verdict. The one rule of all rows:
//!
//! - A condition asks whether something takes clearly more. It does where the whole 95 % interval of the ratio lies
//!   above [`MIN_EFFECT`] and above the noise. It does not where the whole interval lies below [`MIN_EFFECT`].
//! - An interval that is precise and has [`MIN_EFFECT`] inside is a finding, too: *at the edge*. More samples will not
//!   settle it, and it speaks neither for the claim nor against it: the other conditions decide.
//! - An interval that is imprecise, or was disturbed by noise or neighbours, is *unclear*: more samples may settle it.
//! - A claim is supported when its conditions hold, contradicted when none does, and depends when some hold and others
//!   do not. While one is unclear it is unresolved, unless the others already differ.

use super::words::{times, with_interval};
use super::{Missing, Verdict};
use crate::measure::samples::{Arm, Experiment, Ratio, Status};
use crate::measure::stats::MIN_EFFECT;

/// From here on somebody works beside us. In processors.
pub const BUSY: f64 = 0.25;

/// The noise of an experiment: how far its control, the same against the same, lay from 1; 1 without a control.
pub fn noise_floor(done: &Experiment) -> f64 {
    let controls = done.ratios.iter().filter(|ratio| ratio.is_control());
    controls.map(|ratio| ratio.high.max(1.0 / ratio.low)).fold(1.0, f64::max)
}

/// Whether a condition of a claim holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Clearly.
    Yes,
    /// Clearly not.
    No,
    /// Precisely at the edge of what counts as a difference.
    AtTheEdge,
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

    /// Whether `above` takes clearly more than `below`; `what` says it in words.
    ///
    /// # Errors
    /// When there is no such ratio.
    pub fn more(done: &Experiment, above: &str, below: &str, what: &str) -> Result<Self, Missing> {
        let ratio = ratio(done, above, below)?;
        let holds = is_more(&ratio, done);
        let mut text = format!("{what}: {}", with_interval(&ratio));
        text += &match holds {
            Holds::Yes | Holds::No => String::new(),
            Holds::AtTheEdge => format!(" – precisely near {MIN_EFFECT}, the edge of what counts as a difference"),
            Holds::Unclear => format!(" – {}", remedy(&ratio, done)),
        };
        Ok(Self { holds, text, ratio: Some(ratio) })
    }

    /// The same, with the claim that it does not.
    pub fn negated(mut self) -> Self {
        self.holds = match self.holds {
            Holds::Yes => Holds::No,
            Holds::No => Holds::Yes,
            unclear => unclear,
        };
        self
    }

    /// The mark before its text.
    pub fn mark(&self) -> &'static str {
        match self.holds {
            Holds::Yes => "✓",
            Holds::No => "✗",
            Holds::AtTheEdge => "≈",
            Holds::Unclear => "?",
        }
    }
}

/// Whether the first of a ratio takes clearly more. Noise hides a difference; it never makes two things equivalent.
/// Neighbours that keep n processors busy may have stretched one side by 1 + n.
fn is_more(ratio: &Ratio, done: &Experiment) -> Holds {
    let busy = done.others.cpus >= BUSY;
    let line = MIN_EFFECT.max(noise_floor(done)) * if busy { 1.0 + done.others.cpus } else { 1.0 };
    match ratio {
        ratio if ratio.low > line => Holds::Yes,
        ratio if ratio.high < 1.0 / line => Holds::No,
        _ if busy => Holds::Unclear,
        ratio if ratio.high < MIN_EFFECT => Holds::No,
        ratio if ratio.low <= MIN_EFFECT && ratio.is_narrow() => Holds::AtTheEdge,
        _ => Holds::Unclear,
    }
}

/// Why a ratio is unclear, and what to do about it.
fn remedy(ratio: &Ratio, done: &Experiment) -> String {
    if done.others.cpus >= BUSY {
        return format!("others used {}: close them and run again", done.others.in_words());
    }
    if ratio.low > MIN_EFFECT {
        return format!(
            "the same against the same differed by {}: run again on a quiet machine",
            times(noise_floor(done))
        );
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

/// The arm of that name.
fn arm<'a>(done: &'a Experiment, name: &str) -> Result<&'a Arm, Missing> {
    done.arm(name).ok_or_else(|| Missing(format!("{} has no arm '{name}'", done.id)))
}

/// The median of an arm.
///
/// # Errors
/// When there is none.
pub fn median(done: &Experiment, name: &str) -> Result<f64, Missing> {
    arm(done, name).map(|arm| arm.median)
}

/// In how many trials of how many an arm showed what is asked.
///
/// # Errors
/// When there is no such arm.
pub fn trials(done: &Experiment, name: &str, is: impl Fn(f64) -> bool) -> Result<(usize, usize), Missing> {
    let arm = arm(done, name)?;
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
