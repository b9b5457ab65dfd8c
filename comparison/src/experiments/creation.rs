//! Making a unit, letting it end, and knowing that it has: a thread, a forked copy, another program.

use std::io;
use std::path::PathBuf;

use process_basics::fork::fork;
use process_basics::spawn;
use serde_json::json;
use thread_basics::spawn::start_and_join;

use super::computing::ended_well;
use super::vfork::vfork;
use super::{Plan, Samples, Stop, node};
use crate::bench::{Bench, time_each};
use crate::node::Node;
use crate::placement::pin;

const THREAD: &str = "thread";
const FORK: &str = "process: fork";
const VFORK: &str = "process: vfork";
const PROGRAM: &str = "process: spawned program";
const CONTROL: &str = "control: thread, again";
/// Starts a unit in Node.js and tells how long its steps took.
pub(super) const IN_NODE: &str = include_str!("../node/units.js");

/// On one CPU: where the scheduler puts a new thread would otherwise decide half of its price.
pub(super) fn create(plan: &Plan) -> Result<Samples, Stop> {
    pin(0, plan.cpus[0])?;
    let mut bench = Bench::new(plan, "ns");
    arms(&mut bench, 5)?;
    bench.arm(VFORK, || time_each(5, vfork));
    bench.pair(VFORK, THREAD);
    bench.pair(PROGRAM, FORK);
    Ok(bench.run(plan.rounds(60, 400))?.with_node(plan, || in_node(plan)))
}

fn in_node(plan: &Plan) -> Result<Samples, Stop> {
    let node = Node::start(&plan.program, IN_NODE)?;
    let (worker, fork) = ("node thread: Worker", "node process: fork");
    let arms = [(worker, "thread"), (fork, "process")].map(|(name, unit)| (name.to_owned(), json!({ "unit": unit })));
    node::take(plan, node, ("ns", [""]), &arms, &[[fork, worker]], plan.rounds(5, 30))
}

/// The three units, started and ended, a forked copy `batch` times a sample; and the control.
pub(super) fn arms(bench: &mut Bench, batch: u32) -> io::Result<()> {
    let program = find_in_path("true")?;
    bench.arm(THREAD, threads);
    bench.arm(FORK, move || time_each(batch, || ended_well(fork(|| 0)?.wait()?)));
    bench.arm(PROGRAM, move || time_each(1, || ended_well(spawn::run(&program, &[])?)));
    bench.arm(CONTROL, threads);
    [FORK, PROGRAM, CONTROL].into_iter().for_each(|unit| bench.pair(unit, THREAD));
    Ok(())
}

/// One is not timed: when a fork went before, the pages that a thread's start writes are copied first.
fn threads() -> io::Result<f64> {
    start_and_join()?;
    time_each(5, start_and_join)
}

/// Where a program is, so that the search through `PATH` is not measured.
fn find_in_path(name: &str) -> io::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no program '{name}' in PATH")))
}
