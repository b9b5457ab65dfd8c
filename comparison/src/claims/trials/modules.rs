//! Whose process, and whose thread, is a unit that was started? In ours, and in the document's own modules.

use std::io;
use std::process;

use process_basics::echo::Echo;
use serde_json::json;
use thread_basics::worker::{Port, Worker};
use thread_pool::tasks::thread_id;

use crate::measure::bench::Bench;
use crate::measure::plan::{Plan, Samples, Stop, yes};
use crate::node::Node;

pub(crate) const OWN_PROCESS: &str = "process: child has another process id";
pub(crate) const WORKER_PROCESS: &str = "thread: worker has another process id";
pub(crate) const WORKER_THREAD: &str = "thread: worker has another thread id";
pub(crate) const NODE_OWN_PROCESS: &str = "node process: fork has another process id";
pub(crate) const NODE_WORKER_PROCESS: &str = "node thread: Worker has another process id";
pub(crate) const NODE_WORKER_THREAD: &str = "node thread: Worker has another thread id";

pub(crate) fn modules(plan: &Plan) -> Result<Samples, Stop> {
    let worker_ids = || {
        let worker = Worker::start("worker", (), |(), port: Port<(), (i32, u32)>| {
            port.post((thread_id(), process::id()));
        })?;
        let ids = worker.receive().ok_or_else(|| io::Error::other("the worker ended early"))?;
        worker.join().map_err(|panicked| io::Error::other(panicked.0))?;
        io::Result::Ok(ids)
    };
    let mut bench = Bench::new(plan, "yes");
    bench.arm(OWN_PROCESS, || Ok(yes(Echo::start(&plan.program, 1)?.pid() != process::id())));
    bench.arm(WORKER_PROCESS, || Ok(yes(worker_ids()?.1 != process::id())));
    bench.arm(WORKER_THREAD, || Ok(yes(worker_ids()?.0 != thread_id())));
    bench.rounds(3, 3)
}

pub(crate) fn in_node(plan: &Plan) -> Result<Samples, Stop> {
    let mut node = Node::start(&plan.program, include_str!("../../node/modules.js"))?;
    let mut samples = Samples::default();
    for _ in 0..2 {
        let answers: Vec<f64> = node.ask(&json!({}))?;
        for (name, answer) in [NODE_OWN_PROCESS, NODE_WORKER_PROCESS, NODE_WORKER_THREAD].iter().zip(answers) {
            samples.add(name, "yes", vec![answer]);
        }
    }
    node.end()?;
    Ok(samples)
}
