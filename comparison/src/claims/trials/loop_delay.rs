//! CPU-bound tasks that come to a loop: from which size on is handing them over better than doing them inline?

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::candidates::Job;
pub(crate) use super::candidates::{INLINE, POOL, PROCESS, THREAD};
pub(crate) use super::offload::{delay, total};
use super::offload::{in_node, measure};
use crate::measure::placement::Placement::TwoCpus;
use crate::measure::plan::{Plan, Samples, Stop};
use crate::measure::work;

pub(crate) const NODE_INLINE: &str = "node thread: main, inline";
pub(crate) const NODE_WORKER: &str = "node thread: Worker per task";
pub(crate) const NODE_CHILD: &str = "node process: child per task";

/// Two tasks, so that there is something to do side by side on two processors.
pub(crate) const TASKS: u64 = 2;

/// Tasks that take about so many nanoseconds alone, done in some ways.
pub(crate) fn tasks(plan: &Plan, ns: u64, ways: &[&str]) -> Result<Samples, Stop> {
    plan.place(TwoCpus)?;
    let steps = TASKS * work::steps_in(Duration::from_nanos(ns));
    let task = |part: Range<u64>| Arc::new(move || Ok(work::sum(part.clone()))) as Job;
    let tasks: Vec<Job> = work::parts(steps, TASKS).map(task).collect();
    measure(plan, &tasks, work::sum(0..steps), ways)
}

pub(crate) fn tasks_in_node(plan: &Plan, ns: u64) -> Result<Samples, Stop> {
    plan.place(TwoCpus)?;
    let tasks = json!({ "tasks": TASKS, "ns": ns });
    in_node(plan, &tasks, &[(NODE_INLINE, "inline"), (NODE_WORKER, "thread"), (NODE_CHILD, "process")])
}
