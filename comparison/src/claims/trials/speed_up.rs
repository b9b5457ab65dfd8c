//! CPU-bound work: does it get faster on threads and in processes?

use std::io;
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::measure::bench::{Bench, time};
use crate::measure::forked::ForkedTask;
use crate::measure::placement::Placement::TwoCpus;
use crate::measure::plan::{Plan, Samples, Stop};
use crate::measure::work;
use crate::node::{self, Node};

pub(crate) const SERIAL: &str = "thread: one alone";
pub(crate) const THREADS: &str = "thread: one per CPU";
pub(crate) const PROCESSES: &str = "process: one per CPU";
const CONTROL: &str = "control: one thread alone, again";
pub(crate) const NODE_SERIAL: &str = "node thread: main alone";
pub(crate) const NODE_WORKERS: &str = "node thread: Workers, one per CPU";
pub(crate) const NODE_CHILDREN: &str = "node process: children, one per CPU";
const NODE_CONTROL: &str = "control: node main alone, again";

/// As many units as processors, decided beforehand: the best of several counts would be chosen by its noise.
pub(crate) fn speed_up(plan: &Plan) -> Result<Samples, Stop> {
    plan.place(TwoCpus)?;
    let units = plan.cpus.len() as u64;
    let steps = work::steps_in(Duration::from_millis(20));
    let expected = work::sum(0..steps);
    let serial = || time(|| work::check(work::sum(0..steps), expected));
    let mut bench = Bench::new(plan, "ns");
    bench.arm(SERIAL, serial);
    bench.arm(CONTROL, serial);
    bench.arm(THREADS, move || time(|| work::check(on_threads(steps, units)?, expected)));
    bench.arm(PROCESSES, move || time(|| work::check(in_processes(steps, units)?, expected)));
    bench.pair(CONTROL, SERIAL);
    bench.pair(SERIAL, THREADS);
    bench.pair(SERIAL, PROCESSES);
    bench.pair(PROCESSES, THREADS);
    bench.run()
}

/// The work of two tasks: by the main thread alone, and shared among Workers or children that were started before.
pub(crate) fn in_node(plan: &Plan) -> Result<Samples, Stop> {
    plan.place(TwoCpus)?;
    let mut node = Node::start(&plan.program, include_str!("../../node/contest.js"))?;
    node.ask::<u8>(&json!({ "tasks": plan.cpus.len(), "ns": 10_000_000 }))?;
    let arms =
        [(NODE_SERIAL, "inline"), (NODE_CONTROL, "inline"), (NODE_WORKERS, "thread"), (NODE_CHILDREN, "process")];
    let arms = arms.map(|(name, by)| (name.to_owned(), json!({ "by": by, "only": "total" })));
    let pairs = [[NODE_CONTROL, NODE_SERIAL], [NODE_SERIAL, NODE_WORKERS], [NODE_SERIAL, NODE_CHILDREN]];
    node::take(plan, node, ("ns", &[""]), &arms, &pairs)
}

fn on_threads(steps: u64, units: u64) -> io::Result<u64> {
    thread::scope(|scope| {
        let start = |part| thread::Builder::new().spawn_scoped(scope, move || work::sum(part));
        let threads: Vec<_> = work::parts(steps, units).map(start).collect::<io::Result<_>>()?;
        let sums = threads.into_iter().map(|thread| thread.join().expect("arithmetic does not panic"));
        Ok(sums.fold(0, u64::wrapping_add))
    })
}

fn in_processes(steps: u64, units: u64) -> io::Result<u64> {
    let start = |part| ForkedTask::start(|| Ok(work::sum(part)));
    let children: Vec<ForkedTask> = work::parts(steps, units).map(start).collect::<io::Result<_>>()?;
    children.into_iter().try_fold(0_u64, |sum, child| Ok(sum.wrapping_add(child.number()?)))
}
