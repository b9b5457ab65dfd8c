//! What decides no verdict but explains one: fork by the parent's memory, the loop's delay by the size of a task.

use super::assess::{median, ratio};
pub(crate) use super::cpu_intensive::BY_SIZE;
pub(crate) use super::overhead::BY_PARENT;
use super::trials::{creation, loop_delay as arms};
use crate::measure::samples::{Experiment, Ratio};

/// A fork to a thread.
pub(crate) fn fork_ratio(done: &Experiment) -> Option<Ratio> {
    ratio(done, creation::FORK, creation::THREAD).ok()
}

/// The loop's delay with tasks inline, to that with threads.
pub(crate) fn delay_ratio(done: &Experiment) -> Option<Ratio> {
    ratio(done, &arms::delay(arms::INLINE), &arms::delay(arms::THREAD)).ok()
}

/// What one task really took, in nanoseconds: its size is only what it was meant to take.
pub(crate) fn real_size(done: &Experiment) -> Option<f64> {
    let total = median(done, &arms::total(arms::INLINE)).ok()?;
    Some(total / arms::TASKS as f64)
}
