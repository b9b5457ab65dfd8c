//! "When to use what": each scenario with every candidate. The winner is found from the data.

use std::path::Path;
use std::process;

use process_basics::echo::Echo;
use process_basics::spawn::{self, End};
use serde_json::json;
use thread_basics::more::exec;

use super::candidates::{Job, Jobs};
use super::contest::{compete, in_node};
use super::files::{PART, PARTS, PIECE, Parts};
use super::samples::yes;
use super::{Plan, Samples, Stop};
use crate::bench::Bench;

pub(super) fn file_io(plan: &Plan) -> Result<Samples, Stop> {
    let file = Parts::new(PARTS)?;
    let jobs: Jobs = (0..file.count).map(|part| Box::new(file.reader(part)) as Job).collect();
    let ours = compete(plan, plan.rounds(15, 60), &jobs, (file.count * PART) as u64)?;
    let reads = json!({ "path": file.path(process::id()), "parts": file.count, "size": PART, "piece": PIECE });
    Ok(ours.with_node(plan, || in_node(plan, plan.rounds(10, 40), &reads, &["inline", "pool"])))
}

/// The script ends with a code that nothing else here ends with, so that it is seen to have run.
pub(super) fn another_program(plan: &Plan) -> Result<Samples, Stop> {
    let mut bench = Bench::of(plan, "yes", ["program ran", "starter went on"]);
    bench.arm_of("process", || {
        let mut sibling = Echo::start(&plan.program, 1)?;
        let ran = spawn::run(Path::new("sh"), &["-c", "exit 42"])? == End::Exited(42);
        Ok([yes(ran), yes(sibling.answers())]) // it is we who ask it
    });
    bench.arm_of("thread", || {
        let after = exec::in_thread(&plan.program)?;
        Ok([yes(after.program_ran), yes(after.starter_went_on)])
    });
    bench.run(plan.rounds(5, 20))
}
