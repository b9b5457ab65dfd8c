//! "When to use what": each scenario with every candidate. The winner is found from the data.

use std::io;
use std::path::Path;

use process_basics::echo::Echo;
use process_basics::spawn::{self, End};
use thread_basics::exec;

use super::candidates::{Job, Jobs};
use super::contest::compete;
use super::files::{PART, PARTS, Parts};
use super::{Outcome, Plan, Spec};
use crate::report::Boundary;
use crate::stats;

pub(super) const SPECS: &[Spec] = &[
    Spec {
        id: "scenario.file_io",
        about: "a loop with file reads: inline, thread, process, pool",
        takes: [0.7, 3.1],
        deadline: 60,
        run: file_io,
    },
    Spec {
        id: "scenario.another_program",
        about: "run another program and go on: thread, process",
        takes: [0.1, 0.1],
        deadline: 30,
        run: another_program,
    },
];

fn file_io(plan: &Plan) -> io::Result<Outcome> {
    let file = Parts::new(PARTS)?;
    let jobs: Jobs = (0..file.count).map(|part| Box::new(file.reader(part)) as Job).collect();
    compete(plan, plan.rounds(15, 60), &jobs, (file.count * PART) as u64)
}

/// The script ends with a code that nothing else here ends with, so that it is seen to have run.
fn another_program(plan: &Plan) -> io::Result<Outcome> {
    let trials = plan.rounds(5, 20);
    let (mut as_process, mut went_on, mut in_thread) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..trials {
        let mut sibling = Echo::start(&plan.program, 1)?;
        as_process.push(spawn::run(Path::new("sh"), &["-c", "exit 42"])? == End::Exited(42));
        went_on.push(sibling.answers()); // it is we who ask it
        in_thread.push(exec::in_thread(&plan.program)?);
    }
    let ran = in_thread.iter().map(|after| after.program_ran);
    let starter = in_thread.iter().map(|after| after.starter_went_on);
    let arms = vec![
        stats::yes_or_no("process: program ran", Boundary::Process, "yes", as_process),
        stats::yes_or_no("process: starter went on", Boundary::Process, "yes", went_on),
        stats::yes_or_no("thread: program ran", Boundary::Thread, "yes", ran),
        stats::yes_or_no("thread: starter went on", Boundary::Thread, "yes", starter),
    ];
    Ok(Outcome::counted(arms))
}
