//! One unit goes wrong: are the others, its host included, still there?

use std::io;
use std::mem;

use nix::sys::resource::{Resource, setrlimit};
use process_basics::crash as in_process;
use process_basics::fault::Fault as ProcessFault;
use serde_json::json;
use thread_basics::crash as in_thread;
use thread_basics::support::fault::Fault as ThreadFault;

use super::{Plan, Samples, Stop};
use crate::node::Node;

/// What an arm counts; one in which the others were lost counts 0.
pub(crate) const OTHERS_ALIVE: &str = "others alive";
/// What an arm counts that asks whether the faulty unit itself came to an end, by its fault or from outside.
const VICTIM_ENDED: &str = "victim ended";

pub(super) fn survivors(plan: &Plan) -> Result<Samples, Stop> {
    let trials = plan.rounds(3, 12);
    let mut samples = Samples::default();
    for fault in ThreadFault::ALL {
        let after = repeat(trials, || in_thread::in_thread(&plan.program, fault))?;
        let alive = after.iter().map(|after| after.host_survived() && after.sibling_answers);
        samples.yes_or_no(&format!("thread: {fault}"), OTHERS_ALIVE, alive);
        if fault == ThreadFault::EndlessLoop {
            let ended = after.iter().map(|after| after.victim != in_thread::Victim::RunsOn);
            samples.yes_or_no(&format!("thread: {fault}, stopped"), VICTIM_ENDED, ended);
        }
    }
    let poisoned = repeat(trials, in_thread::panic_with_lock)?;
    samples.yes_or_no("thread: panic, a lock held is poisoned", "yes", poisoned);
    for fault in ProcessFault::ALL {
        let after = repeat(trials, || in_process::in_child(&plan.program, fault))?;
        samples.yes_or_no(&format!("process: {fault}"), OTHERS_ALIVE, after.iter().map(|after| after.sibling_answers));
        if fault == ProcessFault::EndlessLoop {
            let ended = after.iter().map(|after| after.killed);
            samples.yes_or_no(&format!("process: {fault}, stopped"), VICTIM_ENDED, ended);
        }
    }
    Ok(samples.with_node(plan, || in_node(plan)))
}

fn repeat<T>(trials: usize, mut trial: impl FnMut() -> io::Result<T>) -> io::Result<Vec<T>> {
    (0..trials).map(|_| trial()).collect()
}

/// What goes wrong in Node.js: the fault, whether somebody listens for the victim's `error`, and how the victim ends
/// (its code or signal), as a Worker and as a forked child. A Worker's fault may be its host's end instead.
const IN_NODE: [(&str, bool, &str, Option<&str>); 7] = [
    ("throw", false, "host exited with code 1", Some("1")),
    ("throw", true, "1", None), // a child process has no such event
    ("exit", false, "3", Some("3")),
    ("abort", true, "1", Some("SIGABRT")), // in a Worker, process.abort() throws
    ("SIGSEGV", false, "host was ended by SIGSEGV", Some("SIGSEGV")), // sent: it is the process that gets it
    ("memory", true, "1", Some("SIGABRT")), // resourceLimits, --max-old-space-size
    ("loop", false, "1", Some("SIGKILL")), // terminate(), kill()
];

/// The same in the real Node.js. A host that was lost is replaced.
fn in_node(plan: &Plan) -> io::Result<Samples> {
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?; // inherited: the victims that abort leave no file
    let start = || Node::start(&plan.program, include_str!("../node/crash.js"));
    let program = format!("/proc/{}/exe", std::process::id());
    let trials = plan.rounds(1, 6);
    let mut host = start()?;
    let mut samples = Samples::default();
    for unit in ["thread", "process"] {
        for (fault, listened, as_worker, as_child) in IN_NODE {
            let Some(expected) = (if unit == "thread" { Some(as_worker) } else { as_child }) else { continue };
            let question = json!({ "unit": unit, "fault": fault, "listened": listened, "program": program });
            let listener = if listened && unit == "thread" { " with a listener" } else { "" };
            let after = repeat(trials, || match host.ask::<(String, bool)>(&question) {
                Ok(told) => Ok(told),
                Err(_) => Ok((format!("host {}", mem::replace(&mut host, start()?).end()?), false)),
            })?;
            if let Some((ended, _)) = after.iter().find(|(ended, _)| ended != expected) {
                samples.left_out.push(format!("after '{fault}' in a {unit} of Node.js: {ended}, not {expected}"));
                continue;
            }
            samples.yes_or_no(
                &format!("node {unit}: {fault}{listener}"),
                OTHERS_ALIVE,
                after.iter().map(|after| after.1),
            );
        }
    }
    Ok(samples)
}
