//! Is a write seen on the other side?

use std::cell::RefCell;

use process_basics::mapping::Mapping;
use process_basics::memory::{WRITTEN, write_in_child};
use serde_json::json;
use thread_basics::memory::write_in_thread;

use super::samples::yes;
use super::{Plan, Samples, Stop};
use crate::bench::Bench;
use crate::node::Node;

const SEEN: &str = "writes seen";

pub(super) fn visible(plan: &Plan) -> Result<Samples, Stop> {
    let in_thread = |writes| Ok(yes(write_in_thread(writes)?.starter == WRITTEN));
    let in_child = |memory: Mapping, writes| Ok(yes(write_in_child(&memory, writes)?.parent == WRITTEN));
    let mut bench = Bench::new(plan, SEEN);
    bench.arm("thread: shared heap", || in_thread(true));
    bench.arm("process: private memory", || in_child(Mapping::private(1)?, true));
    bench.arm("process: MAP_SHARED", || in_child(Mapping::shared(1)?, true));
    bench.arm("control: thread, no writer", || in_thread(false));
    bench.arm("control: process, no writer", || in_child(Mapping::shared(1)?, false));
    Ok(bench.run(plan.rounds(20, 100))?.with_node(plan, || in_node(plan)))
}

/// What Node's main thread sees of a write to what it sent: to an object, or to memory that is shared.
fn in_node(plan: &Plan) -> Result<Samples, Stop> {
    let node = RefCell::new(Node::start(&plan.program, include_str!("../node/memory.js"))?);
    let mut bench = Bench::new(plan, SEEN);
    for (name, writer, written) in [
        ("node thread: object posted", "thread", "object"),
        ("node thread: SharedArrayBuffer", "thread", "shared"),
        ("node process: object sent", "process", "object"),
    ] {
        let (node, question) = (&node, json!({ "writer": writer, "written": written }));
        bench.arm(name, move || Ok(yes(node.borrow_mut().ask(&question)?)));
    }
    let samples = bench.run(plan.rounds(20, 100))?;
    node.borrow_mut().ask::<u8>(&json!({ "end": true }))?;
    Ok(samples)
}
