//! CPU-bound tasks that come to a loop: is handing them over better than doing them inline?

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
const TASKS: u64 = 2;
/// What each takes alone, about: a task that is worth the name.
const TASK: Duration = Duration::from_millis(10);

pub(crate) fn tasks(plan: &Plan) -> Result<Samples, Stop> {
    plan.place(TwoCpus)?;
    let steps = work::steps_in(TASK);
    let task = |task: u64| Arc::new(move || Ok(work::sum(task * steps..(task + 1) * steps))) as Job;
    let tasks: Vec<Job> = (0..TASKS).map(task).collect();
    measure(plan, &tasks, work::sum(0..TASKS * steps), &[INLINE, THREAD, PROCESS, POOL])
}

pub(crate) fn tasks_in_node(plan: &Plan) -> Result<Samples, Stop> {
    plan.place(TwoCpus)?;
    let tasks = json!({ "tasks": TASKS, "ns": TASK.as_nanos() as u64 });
    in_node(plan, &tasks, &[(NODE_INLINE, "inline"), (NODE_WORKER, "thread"), (NODE_CHILD, "process")])
}
