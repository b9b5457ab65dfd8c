//! From which size of a task on is handing it over better than doing it inline?

use std::fmt;

use super::{median, time};
use crate::experiments::loop_delay::{SIZES, TASKS};
use crate::report::Experiment;

/// From where on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum BreakEven {
    /// It is better at the smallest size that was measured, nanoseconds.
    Below(f64),
    /// The two are equal there, nanoseconds.
    Size(f64),
    /// It is not better at the largest size that was measured, nanoseconds.
    Above(f64),
}

/// Where `candidate`, ours or Node's, begins to be better than its loop itself in `what` ("total" or "loop delay"), for
/// good: between two sizes the ratio of the medians is taken to be a straight line, both axes logarithmic. `None`
/// without samples.
pub(crate) fn break_even(report: &[Experiment], candidate: &str, what: &str) -> Option<BreakEven> {
    let inline = if candidate.starts_with("node ") { "node inline" } else { "inline" };
    let ratio = |(id, _): &(&str, u64)| {
        let median = |name: &str, what: &str| median(report, id, &format!("{name}: {what}"));
        // What a task really took alone: its size is what it was meant to take.
        let size = median(inline, "total").ok()? / TASKS as f64;
        Some((size, median(candidate, what).ok()? / median(inline, what).ok()?))
    };
    let ratios: Vec<(f64, f64)> = SIZES.iter().filter_map(ratio).collect();
    let (first, last) = (ratios.first()?, ratios.last()?);
    let Some(worse) = ratios.iter().rposition(|(_, ratio)| *ratio >= 1.0) else {
        return Some(BreakEven::Below(first.0));
    };
    let Some((size, better)) = ratios.get(worse + 1) else { return Some(BreakEven::Above(last.0)) };
    let (below, worse) = ratios[worse];
    let share = worse.ln() / (worse.ln() - better.ln());
    Some(BreakEven::Size(below * (size / below).powf(share)))
}

impl BreakEven {
    /// Up to where it is not better, as far as was measured, nanoseconds.
    pub(super) fn size(self) -> Option<f64> {
        match self {
            Self::Below(_) => None,
            Self::Size(ns) | Self::Above(ns) => Some(ns),
        }
    }
}

impl fmt::Display for BreakEven {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Below(ns) => write!(f, "from below {} on", time(*ns)),
            Self::Size(ns) => write!(f, "from {} on", time(*ns)),
            Self::Above(ns) => write!(f, "not up to {}", time(*ns)),
        }
    }
}
