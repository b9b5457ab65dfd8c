//! One unit goes wrong: are the others, its host included, still there?

use std::io;

use process_basics::crash as in_process;
use process_basics::fault::Fault as ProcessFault;
use thread_basics::crash as in_thread;
use thread_basics::fault::Fault as ThreadFault;

use super::{Outcome, Plan, Spec};
use crate::report::Boundary;
use crate::stats::yes_or_no;

pub(super) const SPECS: &[Spec] = &[Spec {
    id: "crash.survivors",
    about: "one unit goes wrong: do the others survive?",
    takes: [1.0, 4.0],
    deadline: 120,
    run: survivors,
}];

/// What an arm counts; one in which the others were lost counts 0.
pub(crate) const OTHERS_ALIVE: &str = "others alive";
/// What an arm counts that asks whether the faulty unit itself came to an end, by its fault or from outside.
const VICTIM_ENDED: &str = "victim ended";

fn survivors(plan: &Plan) -> io::Result<Outcome> {
    let trials = plan.rounds(3, 20);
    let mut arms = Vec::new();
    for fault in ThreadFault::ALL {
        let aftermath = repeat(trials, || in_thread::in_thread(&plan.program, fault))?;
        let alive = aftermath.iter().map(|after| after.host_survived() && after.sibling_answers);
        arms.push(yes_or_no(&format!("thread: {fault}"), Boundary::Thread, OTHERS_ALIVE, alive));
        if fault == ThreadFault::EndlessLoop {
            let ended = aftermath.iter().map(|after| after.victim != in_thread::Victim::RunsOn);
            arms.push(yes_or_no(&format!("thread: {fault}, stopped"), Boundary::Thread, VICTIM_ENDED, ended));
        }
    }
    for fault in ProcessFault::ALL {
        let aftermath = repeat(trials, || in_process::in_child(&plan.program, fault))?;
        let alive = aftermath.iter().map(|after| after.sibling_answers);
        arms.push(yes_or_no(&format!("process: {fault}"), Boundary::Process, OTHERS_ALIVE, alive));
        if fault == ProcessFault::EndlessLoop {
            let ended = aftermath.iter().map(|after| after.killed);
            arms.push(yes_or_no(&format!("process: {fault}, stopped"), Boundary::Process, VICTIM_ENDED, ended));
        }
    }
    Ok(Outcome::counted(arms))
}

fn repeat<T>(trials: usize, trial: impl Fn() -> io::Result<T>) -> io::Result<Vec<T>> {
    (0..trials).map(|_| trial()).collect()
}
