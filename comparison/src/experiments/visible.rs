//! Is a write seen on the other side?

use std::io;

use process_basics::mapping::Mapping;
use process_basics::memory::{WRITTEN, write_in_child};
use serde_json::json;
use thread_basics::memory::write_in_thread;

use super::samples::yes;
use super::{Plan, Samples, Stop, node};
use crate::bench::Bench;
use crate::node::Node;

const SEEN: &str = "writes seen";

pub(super) fn visible(plan: &Plan) -> Result<Samples, Stop> {
    let in_thread = |writes| {
        let seen = write_in_thread(writes)?;
        told(writes, seen.thread, seen.starter)
    };
    let in_child = |memory: Mapping, writes| {
        let seen = write_in_child(&memory, writes)?;
        told(writes, seen.child, seen.parent)
    };
    let mut bench = Bench::new(plan, SEEN);
    bench.arm("thread: shared heap", || in_thread(true));
    bench.arm("process: private memory", || in_child(Mapping::private(1)?, true));
    bench.arm("process: MAP_SHARED", || in_child(Mapping::shared(1)?, true));
    bench.arm("control: thread, no writer", || in_thread(false));
    bench.arm("control: process, no writer", || in_child(Mapping::shared(1)?, false));
    Ok(bench.run(plan.rounds(20, 100))?.with_node(plan, || in_node(plan)))
}

/// Whether the write was seen. Who was to write must have seen it itself: else nothing was written.
fn told(writes: bool, by_writer: u64, by_starter: u64) -> io::Result<f64> {
    if writes && by_writer != WRITTEN {
        return Err(io::Error::other("who was to write did not"));
    }
    Ok(yes(by_starter == WRITTEN))
}

/// What Node's main thread sees of a write to what it sent: to an object, or to memory that is shared.
fn in_node(plan: &Plan) -> Result<Samples, Stop> {
    let node = Node::start(&plan.program, include_str!("../node/memory.js"))?;
    let arms = [
        ("node thread: object posted", "thread", "object"),
        ("node thread: SharedArrayBuffer", "thread", "shared"),
        ("node process: object sent", "process", "object"),
    ];
    let arms = arms.map(|(name, by, written)| (name.to_owned(), json!({ "writer": by, "written": written })));
    node::take(plan, node, (SEEN, [""]), &arms, &[], plan.rounds(20, 100))
}
