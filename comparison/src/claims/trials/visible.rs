//! Is a write seen by the one who started the writer?

use std::io;

use process_basics::mapping::Mapping;
use process_basics::memory::{WRITTEN, write_in_child};
use serde_json::json;
use thread_basics::memory::write_in_thread;

use crate::measure::bench::Bench;
use crate::measure::plan::{Plan, Samples, Stop, yes};
use crate::node::Node;

pub(crate) const THREAD: &str = "thread: shared heap";
pub(crate) const PROCESS: &str = "process: private memory";
pub(crate) const ASKED_FOR: &str = "process: MAP_SHARED";
pub(crate) const POSTED: &str = "node thread: object posted";
pub(crate) const BUFFER: &str = "node thread: SharedArrayBuffer";
pub(crate) const SENT: &str = "node process: object sent";

const UNIT: &str = "writes seen";
const TRIALS: usize = 34;

pub(crate) fn visible(plan: &Plan) -> Result<Samples, Stop> {
    let in_thread = |writes| {
        let seen = write_in_thread(writes)?;
        seen_by_starter(writes, seen.thread, seen.starter)
    };
    let in_child = |memory: Mapping, writes| {
        let seen = write_in_child(&memory, writes)?;
        seen_by_starter(writes, seen.child, seen.parent)
    };
    let mut bench = Bench::new(plan, UNIT);
    bench.arm(THREAD, || in_thread(true));
    bench.arm(PROCESS, || in_child(Mapping::private(1)?, true));
    bench.arm(ASKED_FOR, || in_child(Mapping::shared(1)?, true));
    bench.arm("control: thread, no writer", || in_thread(false));
    bench.arm("control: process, no writer", || in_child(Mapping::shared(1)?, false));
    bench.rounds(TRIALS, TRIALS)
}

/// Whether the write was seen. The writer must have seen it itself: else nothing was written.
fn seen_by_starter(writes: bool, by_writer: u64, by_starter: u64) -> io::Result<f64> {
    if writes && by_writer != WRITTEN {
        return Err(io::Error::other("the writer did not write"));
    }
    Ok(yes(by_starter == WRITTEN))
}

/// What Node's main thread sees of a write to what it sent: to an object, or to memory that is shared.
pub(crate) fn in_node(plan: &Plan) -> Result<Samples, Stop> {
    let mut node = Node::start(&plan.program, include_str!("../../node/memory.js"))?;
    let mut samples = Samples::default();
    for (name, by, written) in [(POSTED, "thread", "object"), (BUFFER, "thread", "shared"), (SENT, "process", "object")]
    {
        for _ in 0..TRIALS {
            let seen: Vec<f64> = node.ask(&json!({ "writer": by, "written": written }))?;
            samples.add(name, UNIT, seen);
        }
    }
    node.end()?;
    Ok(samples)
}

pub(crate) const IDLE_WORKER: &str = "node thread: Worker";
pub(crate) const IDLE_FORK: &str = "node process: fork";

/// What one more idle unit of Node.js costs: none of them ends before the last is counted.
pub(crate) fn idle_in_node(plan: &Plan) -> Result<Samples, Stop> {
    let node = std::cell::RefCell::new(Node::start(&plan.program, include_str!("../../node/memory.js"))?);
    let children = std::cell::RefCell::new(Vec::new());
    let all = || {
        let pids = children.borrow();
        let theirs = pids.iter().map(|&pid| crate::measure::footprint::memory(pid)).sum::<io::Result<f64>>()?;
        io::Result::Ok(crate::measure::footprint::memory(node.borrow().pid())? + theirs)
    };
    let one_more = |unit: &str| {
        let before = all()?;
        let pids = node.borrow_mut().ask(&json!({ "idle": unit }))?;
        *children.borrow_mut() = pids;
        Ok(all()? - before)
    };
    let mut bench = Bench::new(plan, "KiB");
    bench.arm(IDLE_WORKER, || one_more("thread"));
    bench.arm(IDLE_FORK, || one_more("process"));
    bench.pair(IDLE_FORK, IDLE_WORKER);
    let samples = bench.rounds(2, 6)?;
    node.into_inner().end()?;
    Ok(samples)
}
