//! One unit goes wrong: are the others, its host included, still there?

use std::io;

use nix::sys::resource::{Resource, setrlimit};
use process_basics::crash as in_process;
use process_basics::fault::Fault as ProcessFault;
use serde_json::json;
use thread_basics::crash as in_thread;
use thread_basics::fault::Fault as ThreadFault;

use super::{Outcome, Plan, Spec, timeline};
use crate::node::Node;
use crate::report::{Arm, Boundary};
use crate::stats::yes_or_no;

pub(super) const SPECS: &[Spec] = &[
    Spec {
        id: "crash.survivors",
        about: "one unit goes wrong: do the others survive?",
        takes: [2.7, 12.1],
        deadline: 120,
        run: survivors,
    },
    Spec {
        id: "crash.timeline",
        about: "who is served while one goes wrong and is replaced?",
        takes: [0.6, 2.1],
        deadline: 60,
        run: timeline::timelines,
    },
];

/// What an arm counts; one in which the others were lost counts 0.
pub(crate) const OTHERS_ALIVE: &str = "others alive";
/// What an arm counts that asks whether the faulty unit itself came to an end, by its fault or from outside.
const VICTIM_ENDED: &str = "victim ended";

fn survivors(plan: &Plan) -> io::Result<Outcome> {
    let trials = plan.rounds(3, 12);
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
    let left_out = match plan.node.then(|| node(plan, plan.rounds(1, 6))) {
        Some(Ok(more)) => {
            arms.extend(more);
            None
        }
        Some(Err(error)) => Some(format!("without Node.js: {error}")),
        None => None,
    };
    Ok(Outcome::counted(arms).without(left_out))
}

fn repeat<T>(trials: usize, mut trial: impl FnMut() -> io::Result<T>) -> io::Result<Vec<T>> {
    (0..trials).map(|_| trial()).collect()
}

/// What goes wrong in Node.js: the fault, whether somebody listens for the victim's `error`, and how the victim ends (its
/// code or signal), as a Worker and as a forked child. A Worker's fault may be its host's end instead.
const IN_NODE: [(&str, bool, &str, Option<&str>); 7] = [
    ("throw", false, "host exited with code 1", Some("1")),
    ("throw", true, "1", None), // a child process has no such event
    ("exit", false, "3", Some("3")),
    ("abort", true, "1", Some("SIGABRT")), // in a Worker, process.abort() throws
    ("segfault", false, "host was ended by SIGSEGV", Some("SIGSEGV")),
    ("memory", true, "1", Some("SIGABRT")), // resourceLimits, --max-old-space-size
    ("loop", false, "1", Some("SIGKILL")),  // terminate(), kill()
];

/// The same in the real Node.js. A host that was lost is replaced.
fn node(plan: &Plan, trials: usize) -> io::Result<Vec<Arm>> {
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?; // inherited: the victims that abort leave no file
    let start = || Node::start(&plan.program, include_str!("../node/crash.js"));
    let program = format!("/proc/{}/exe", std::process::id());
    let mut host = start()?;
    let mut arms = Vec::new();
    for (unit, boundary) in [("thread", Boundary::Thread), ("process", Boundary::Process)] {
        for (fault, listened, as_worker, as_child) in IN_NODE {
            let Some(expected) = (if unit == "thread" { Some(as_worker) } else { as_child }) else { continue };
            let question = json!({ "unit": unit, "fault": fault, "listened": listened, "program": program });
            let alive = repeat(trials, || {
                let (ended, answers) = match host.ask::<(String, bool)>(&question) {
                    Ok(told) => told,
                    Err(_) => (format!("host {}", std::mem::replace(&mut host, start()?).end()?), false),
                };
                if ended == expected { Ok(answers) } else { Err(not_so(unit, fault, &ended, expected)) }
            })?;
            let listener = if listened && unit == "thread" { " with a listener" } else { "" };
            arms.push(yes_or_no(&format!("node {unit}: {fault}{listener}"), boundary, OTHERS_ALIVE, alive));
            if fault == "loop" {
                // It ended as by terminate() or kill(): else the trial has failed.
                let ended = vec![true; trials];
                arms.push(yes_or_no(&format!("node {unit}: {fault}, stopped"), boundary, VICTIM_ENDED, ended));
            }
        }
    }
    Ok(arms)
}

fn not_so(unit: &str, fault: &str, ended: &str, expected: &str) -> io::Error {
    io::Error::other(format!("in Node.js, after '{fault}' in a {unit}: {ended}, not {expected}"))
}
