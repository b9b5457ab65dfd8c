//! Reading files beside a loop, and running another program.

use std::path::Path;
use std::process;
use std::sync::Arc;

use process_basics::message::{GREETER, Greeter};
use process_basics::spawn::{self, End};
use serde_json::json;
use thread_basics::more::exec;

use super::candidates::Job;
pub(crate) use super::candidates::{INLINE, POOL};
use super::files::{PART, PARTS, Parts};
pub(crate) use super::offload::{delay, total};
use super::offload::{in_node, measure};
use crate::measure::bench::Bench;
use crate::measure::plan::{Plan, Samples, Stop, yes};
use crate::node::Node;

pub(crate) const NODE_INLINE: &str = "node thread: main, readSync";
pub(crate) const NODE_POOL: &str = "node thread: pool, fs.read";

pub(crate) fn file_io(plan: &Plan) -> Result<Samples, Stop> {
    let file = Parts::new()?;
    let jobs: Vec<Job> = (0..PARTS).map(|part| Arc::new(file.reader(part)) as Job).collect();
    measure(plan, &jobs, (PARTS * PART) as u64, &[INLINE, POOL])
}

pub(crate) fn file_io_in_node(plan: &Plan) -> Result<Samples, Stop> {
    let file = Parts::new()?;
    let reads = json!({ "path": file.path(process::id()), "parts": PARTS, "size": PART, "piece": PART });
    in_node(plan, &reads, &[(NODE_INLINE, "inline"), (NODE_POOL, "pool")])
}

pub(crate) const PROCESS: &str = "process";
pub(crate) const THREAD: &str = "thread";
pub(crate) const NODE_FORK: &str = "node process: fork()";
pub(crate) const NODE_WORKER: &str = "node thread: Worker";
pub(crate) const RAN: &str = "another program ran";
pub(crate) const WENT_ON: &str = "its starter went on";

/// The script ends with a code that nothing else here ends with, so that it is seen to have run.
pub(crate) fn another_program(plan: &Plan) -> Result<Samples, Stop> {
    let mut bench = Bench::of(plan, "yes", &[RAN, WENT_ON]);
    bench.arm_of(PROCESS, || {
        let sibling = Greeter::start(&plan.program, GREETER)?;
        let ran = spawn::run(Path::new("sh"), &["-c", "exit 42"])? == End::Exited(42);
        Ok(vec![yes(ran), yes(sibling.ask("sibling".to_owned()).is_ok())]) // it is we who ask it
    });
    bench.arm_of(THREAD, || {
        let after = exec::in_thread(&plan.program)?;
        Ok(vec![yes(after.program_ran), yes(after.starter_went_on)])
    });
    bench.rounds(6, 6)
}

/// A script in another file, run by fork() and by a Worker.
pub(crate) fn another_script_in_node(plan: &Plan) -> Result<Samples, Stop> {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("another.js");
    std::fs::write(&script, "process.exitCode = 42;")?;
    let mut node = Node::start(&plan.program, include_str!("../../node/another.js"))?;
    let mut samples = Samples::default();
    for (name, unit) in [(NODE_FORK, "process"), (NODE_WORKER, "thread")] {
        for _ in 0..2 {
            let code: i32 = node.ask(&json!({ "unit": unit, "script": script }))?;
            samples.add(&format!("{name}: {RAN}"), "yes", vec![yes(code == 42)]);
            samples.add(&format!("{name}: {WENT_ON}"), "yes", vec![yes(node.ask::<i32>(&json!({}))? == 7)]);
        }
    }
    node.end()?;
    Ok(samples)
}
