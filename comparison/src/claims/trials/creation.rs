//! Making a unit, letting it end, and knowing that it has: a thread, a forked copy, another program.

use std::io;
use std::path::Path;

use process_basics::fork::fork;
use process_basics::spawn;
use serde_json::json;
use thread_basics::spawn::start_and_join;

use crate::measure::bench::{Bench, time, time_each};
use crate::measure::forked::check_exit_zero;
use crate::measure::placement::pin;
use crate::measure::plan::{Plan, Samples, Stop};
use crate::node::{self, Node};

pub(crate) const THREAD: &str = "thread";
pub(crate) const FORK: &str = "process: fork";
pub(crate) const PROGRAM: &str = "process: another program";
const CONTROL: &str = "control: thread, again";
pub(crate) const NODE_WORKER: &str = "node thread: Worker";
pub(crate) const NODE_FORK: &str = "node process: fork";
const NODE_CONTROL: &str = "control: node thread: Worker, again";

pub(crate) fn in_node(plan: &Plan) -> Result<Samples, Stop> {
    pin(0, plan.cpus[0])?; // as ours; inherited
    let node = Node::start(&plan.program, include_str!("../../node/units.js"))?;
    let arms = [(NODE_WORKER, "thread"), (NODE_FORK, "process"), (NODE_CONTROL, "thread")];
    let arms = arms.map(|(name, unit)| (name, json!({ "unit": unit })));
    node::take(plan, node, &[""], &arms, &[[NODE_FORK, NODE_WORKER], [NODE_CONTROL, NODE_WORKER]])
}

/// The three units, started and ended; and the control.
pub(super) fn arms(bench: &mut Bench) {
    bench.arm(THREAD, threads);
    bench.arm(FORK, move || time(|| check_exit_zero(fork(|| 0)?.wait()?)));
    bench.arm(PROGRAM, move || time(|| check_exit_zero(spawn::run(Path::new("true"), &[])?)));
    bench.arm(CONTROL, threads);
    [FORK, PROGRAM, CONTROL].into_iter().for_each(|unit| bench.pair(unit, THREAD));
}

/// The first is not timed: when a fork went before, the pages that a thread's start writes are copied first.
fn threads() -> io::Result<f64> {
    start_and_join()?;
    time_each(5, start_and_join)
}
