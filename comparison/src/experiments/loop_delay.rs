//! CPU-bound tasks that come to a loop: from which size on is handing them over better than doing them inline?

use std::ops::Range;
use std::time::Duration;

use serde_json::json;

use super::candidates::{Job, Jobs};
use super::contest::{compete, in_node};
use super::{Plan, Samples, Stop, work};
use crate::placement::Placement::TwoCpus;

/// The sizes of a task: the experiment's id, and about how long one takes alone, in nanoseconds.
pub(crate) const SIZES: [(&str, u64); 6] = [
    ("loop_delay.10us", 10_000),
    ("loop_delay.100us", 100_000),
    ("loop_delay.1ms", 1_000_000),
    ("loop_delay.10ms", 10_000_000),
    ("loop_delay.100ms", 100_000_000),
    ("loop_delay.1s", 1_000_000_000),
];

/// Two tasks, so that there is something to do side by side on two processors.
pub(crate) const TASKS: u64 = 2;

/// Tasks of one of the sizes; so many rounds, quick and in full, of ours and of Node's.
pub(super) fn tasks(plan: &Plan, size: usize, ours: [usize; 2], nodes: [usize; 2]) -> Result<Samples, Stop> {
    plan.place(TwoCpus)?;
    let [ours, nodes] = [ours, nodes].map(|[quick, full]| plan.rounds(quick, full));
    if ours == 0 {
        return Err(Stop::CannotHere("such long tasks only in the full run".to_owned()));
    }
    let ns = SIZES[size].1;
    let steps = TASKS * work::steps_in(Duration::from_nanos(ns));
    let task = |part: Range<u64>| Box::new(move || Ok(work::sum(part.clone()))) as Job;
    let tasks: Jobs = work::parts(steps, TASKS).map(task).collect();
    let samples = compete(plan, ours, &tasks, work::sum(0..steps))?;
    if nodes == 0 {
        return Ok(samples);
    }
    let tasks = json!({ "tasks": TASKS, "ns": ns });
    Ok(samples.with_node(plan, || in_node(plan, nodes, &tasks, &["inline", "thread", "process"])))
}
