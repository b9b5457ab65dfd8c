//! Is a write seen by the one who started the writer?

use std::cell::RefCell;
use std::io;

use process_basics::mapping::Mapping;
use process_basics::memory::{WRITTEN, write_in_child};
use serde_json::json;
use thread_basics::memory::write_in_thread;

use crate::measure::bench::Bench;
use crate::measure::footprint::memory;
use crate::measure::plan::{Plan, Samples, Stop, yes};
use crate::node::Node;

pub(crate) const THREAD: &str = "thread: shared heap";
pub(crate) const PROCESS: &str = "process: private memory";
pub(crate) const POSTED: &str = "node thread: object posted";
pub(crate) const BUFFER: &str = "node thread: SharedArrayBuffer";
pub(crate) const SENT: &str = "node process: object sent";

const UNIT: &str = "writes seen";
const TRIALS: usize = 34;

pub(crate) fn visible(plan: &Plan) -> Result<Samples, Stop> {
    let mut bench = Bench::new(plan, UNIT);
    bench.arm(THREAD, || {
        let seen = write_in_thread(true)?;
        seen_by_starter(seen.thread, seen.starter)
    });
    bench.arm(PROCESS, || {
        let seen = write_in_child(&Mapping::private(1)?, true)?;
        seen_by_starter(seen.child, seen.parent)
    });
    bench.rounds(TRIALS, TRIALS)
}

/// Whether the write was seen. The writer must have seen it itself: else nothing was written.
fn seen_by_starter(by_writer: u64, by_starter: u64) -> io::Result<f64> {
    if by_writer != WRITTEN {
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
    let node = Node::start(&plan.program, include_str!("../../node/memory.js"))?;
    let state = RefCell::new((node, Vec::new()));
    let one_more = |unit: &str| {
        let (node, children) = &mut *state.borrow_mut();
        let all = |children: &[i32], node: i32| children.iter().chain([&node]).map(|pid| memory(*pid)).sum();
        let before: io::Result<f64> = all(children, node.pid());
        *children = node.ask(&json!({ "idle": unit }))?;
        let after: io::Result<f64> = all(children, node.pid());
        Ok(after? - before?)
    };
    let mut bench = Bench::new(plan, "KiB");
    bench.arm(IDLE_WORKER, || one_more("thread"));
    bench.arm(IDLE_FORK, || one_more("process"));
    bench.pair(IDLE_FORK, IDLE_WORKER);
    let samples = bench.rounds(2, 6)?;
    state.into_inner().0.end()?;
    Ok(samples)
}
