//! One unit goes wrong: are the others, its host included, still there?

use std::io;
use std::mem;

use nix::sys::resource::{Resource, setrlimit};
use process_basics::crash as in_process;
use process_basics::support::fault::Fault as ProcessFault;
use serde_json::json;
use thread_basics::crash as in_thread;
use thread_basics::support::fault::Fault as ThreadFault;

use crate::measure::plan::{Plan, Samples, Stop, yes};
use crate::node::Node;

/// What an arm counts; one in which the others were lost counts 0.
pub(crate) const OTHERS_ALIVE: &str = "others alive";
/// Before the fault's name.
pub(crate) const THREAD: &str = "thread: ";
pub(crate) const PROCESS: &str = "process: ";
pub(crate) const NODE_THREAD: &str = "node thread: ";
pub(crate) const NODE_PROCESS: &str = "node process: ";

/// One trial of each fault: what was seen, whatever was expected.
pub(crate) fn survivors(plan: &Plan) -> Result<Samples, Stop> {
    let mut samples = Samples::default();
    for fault in ThreadFault::ALL {
        let after = in_thread::in_thread(&plan.program, fault)?;
        let alive = after.host_survived() && after.sibling_answers;
        samples.add(&format!("{THREAD}{fault}"), OTHERS_ALIVE, vec![yes(alive)]);
    }
    for fault in ProcessFault::ALL {
        let after = in_process::in_child(&plan.program, fault)?;
        samples.add(&format!("{PROCESS}{fault}"), OTHERS_ALIVE, vec![yes(after.sibling_answers)]);
    }
    Ok(samples)
}

/// What goes wrong in Node.js, and whether somebody listens for the victim's `error`. `memory` meets a limit of the
/// heap; SIGSEGV is sent, and it is the process that gets it.
const FAULTS: [(&str, bool); 7] = [
    ("throw", false),
    ("throw", true),
    ("exit", false),
    ("abort", true),
    ("SIGSEGV", false),
    ("memory", true),
    ("loop", false),
];

/// The same in the real Node.js. A host that was lost is replaced.
pub(crate) fn in_node(plan: &Plan) -> Result<Samples, Stop> {
    setrlimit(Resource::RLIMIT_CORE, 0, 0).map_err(io::Error::from)?; // victims that abort leave no file
    let start = || Node::start(&plan.program, include_str!("../../node/crash.js"));
    let program = format!("/proc/{}/exe", std::process::id());
    let mut samples = Samples::default();
    let mut host = start()?;
    for (unit, prefix) in [("thread", NODE_THREAD), ("process", NODE_PROCESS)] {
        for (fault, listened) in FAULTS {
            if unit == "process" && fault == "throw" && listened {
                continue; // a child process has no such event
            }
            let question = json!({ "unit": unit, "fault": fault, "listened": listened, "program": program });
            // The host says "begun" first: without that, the fault was not what ended it.
            host.ask::<String>(&question)?;
            let alive = match host.ask::<(String, bool)>(&json!({ "look": true })) {
                Ok((_, sibling_answers)) => sibling_answers,
                Err(error) if error.kind() == io::ErrorKind::TimedOut => return Err(error.into()),
                Err(_) => {
                    drop(mem::replace(&mut host, start()?));
                    false
                }
            };
            let listener = if unit == "thread" && listened { " with a listener" } else { "" };
            samples.add(&format!("{prefix}{fault}{listener}"), OTHERS_ALIVE, vec![yes(alive)]);
        }
    }
    Ok(samples)
}
