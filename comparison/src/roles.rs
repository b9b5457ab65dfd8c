//! The roles that this program plays as a child: a process of an experiment, Node.js, or a role of a chapter.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::time::Duration;

use nix::sys::prctl;
use nix::unistd::Pid;
use process_basics::fork::die_with;

use crate::claims;
use crate::measure::interrupt;
use crate::measure::own_program::{EXPERIMENT, NODE, OWN_PROGRAM};
use crate::measure::placement::{allowed_cpus, keep};
use crate::measure::plan::Plan;

/// Plays the role that the arguments ask for; a chapter's is named before the slash. `None` when they are not for a
/// child.
pub fn run(args: &[OsString]) -> Option<ExitCode> {
    let role = match args {
        [child, role, ..] if child == "child" => role.to_str()?,
        _ => return None,
    };
    if let Err(error) = interrupt::release() {
        return Some(failed(role, &error));
    }
    match role.split_once('/')?.0 {
        "process-basics" => process_basics::support::roles::run(args),
        "thread-basics" => thread_basics::support::roles::run(args),
        "cluster" => cluster::support::roles::run(args),
        _ if role == NODE => become_node(args),
        _ if role == EXPERIMENT => experiment(args),
        _ => None,
    }
}

/// A parent-death signal outlives exec (prctl(2)); Node.js has no way to ask for one. Its environment is clean: what
/// changes a Node.js from outside is removed.
fn become_node(args: &[OsString]) -> Option<ExitCode> {
    let (parent, args) = args.get(2..)?.split_first()?;
    die_with(Pid::from_raw(parent.to_str()?.parse().ok()?));
    let mut node = Command::new("node");
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        // A child that Node's own fork starts through us keeps its channel.
        let channel = text.starts_with("NODE_CHANNEL_") && args.iter().any(|arg| arg == "--forked");
        if (text.starts_with("NODE_") || text.starts_with("UV_")) && !channel {
            node.env_remove(&name);
        }
    }
    let error = node.args(args.iter().filter(|arg| *arg != "--forked")).exec();
    let _ = writeln!(io::stderr(), "node cannot be started: {error}");
    Some(ExitCode::from(127)) // as a shell says it
}

fn experiment(args: &[OsString]) -> Option<ExitCode> {
    let args: Vec<&str> = args.iter().map(|arg| arg.to_str()).collect::<Option<_>>()?;
    let ["child", EXPERIMENT, parent, id, seed, micros] = args.as_slice() else { return None };
    let spec = claims::experiments().find(|spec| spec.id == *id)?;
    let (seed, budget) = (seed.parse().ok()?, Duration::from_micros(micros.parse().ok()?));
    die_with(Pid::from_raw(parent.parse().ok()?));
    let _ = prctl::set_name(c"experiment"); // what `ps -o comm` shows; only a label
    let take = || {
        let cpus = allowed_cpus()?;
        keep(0, &cpus)?; // where a limit allows fewer at once, it is these: the others' use is looked at there, too
        let outcome = (spec.run)(&Plan { program: OWN_PROGRAM.into(), seed, cpus, budget });
        io::stdout().write_all(&serde_json::to_vec(&outcome)?)
    };
    Some(take().map_or_else(|error| failed(id, &error), |()| ExitCode::SUCCESS))
}

fn failed(what: &str, error: &io::Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "{what}: {error}");
    ExitCode::FAILURE
}
