//! Judge a claim by samples: supported, contradicted, or unresolved. (40 minutes)
//!
//! Somebody says "a process takes longer to start than a thread". In each round both were timed, and one ratio was
//! computed. In each round of a control the same thing was timed twice: its ratios show how far apart *nothing* can
//! be.
//!
//! - `interval` is a 95 % interval of the median. Sort the n ratios and leave out (n - 1 - 1.96 * sqrt(n)) / 2 of
//!   them at each end, rounded down. The smallest and the largest that are left are its ends. Where that number is
//!   negative (less than six ratios), there is no interval.
//! - The noise is how far the control's interval is from 1, in whichever direction it is further: 0.5 is as far as 2.
//! - The samples show a difference ("longer") where the *whole* interval is above 1.2 and above the noise; or
//!   ("shorter") where all of it is below the reciprocals of both. A tiny difference is none, however sure it is.
//! - They show "the same" where the whole interval is between 1/1.2 and 1.2, and the noise is below 1.2. A wide
//!   interval around 1 does not show that two things are the same: absence of evidence is not evidence of absence.
//! - Otherwise, and where an interval is missing, they show nothing, and every claim is unresolved. If they show what
//!   the claim says, it is supported. If they show something else, it is contradicted.
//! - The order of the samples does not matter. "Above" and "below" exclude the limit itself.
//!
//! What to know: `f64::total_cmp` compares for `sort_by`; `1.0 / x` is the reciprocal. All ratios are above 0. Related
//! code in this chapter: `claims/assess.rs`, which judges one ratio with a bootstrap interval.
//!
//! Check it with: cargo grade comparison verdict_from_samples

/// What somebody says about the ratio "time of A through time of B".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// A takes longer.
    Longer,
    /// A takes less time.
    Shorter,
    /// There is no difference that matters.
    Same,
}

/// What the samples say about a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They show what the claim says.
    Supported,
    /// They show something else.
    Contradicted,
    /// They show nothing: measure again, longer or on a quiet machine.
    Unresolved,
}

/// The smallest ratio that counts as a difference.
pub const MINIMUM_EFFECT: f64 = 1.2;

/// The ends of the 95 % interval of the median, or nothing where the ratios are too few.
pub fn interval(ratios: &[f64]) -> Option<(f64, f64)> {
    todo!("the interval of {} ratios", ratios.len())
}

/// What the ratios, and those of the control, say about the claim.
pub fn verdict(claim: Claim, ratios: &[f64], control: &[f64]) -> Verdict {
    todo!("judge {claim:?} by {} ratios and {} of the control", ratios.len(), control.len())
}
