//! This program as a child: one experiment in a process of its own, or a role of a chapter.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{self, Command, ExitCode};

use nix::sys::prctl;
use nix::unistd::Pid;
use process_basics::fork::die_with;

use crate::experiments::{self, Plan};
use crate::interrupt;
use crate::placement::{allowed_cpus, keep};
use crate::report::Mode;

/// The running executable. Unlike its path it stays right when the file is replaced or moved.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

const ROLE: &str = "comparison/experiment";
const NODE: &str = "comparison/node";
const QUICK: &str = "quick";
const WITH_NODE: &str = "node";

/// A command that runs the experiment `id` and prints its outcome as JSON.
pub fn command(id: &str, plan: &Plan) -> Command {
    let mode = if plan.mode == Mode::Quick { QUICK } else { "full" };
    let node = if plan.node { WITH_NODE } else { "no-node" };
    let mut command = Command::new(&plan.program);
    command.arg0("comparison").args(["child", ROLE, &process::id().to_string(), id]);
    command.args([mode, &plan.seed.to_string(), node]);
    command
}

/// A command that runs the real Node.js in place of `program`, this executable. It is killed when the thread that
/// started it ends.
pub fn node(program: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(["child", NODE, &process::id().to_string()]).args(args);
    command
}

/// Plays the role that the arguments ask for: an experiment, or a chapter's, named before the slash. `None` when they
/// are not for a child.
pub fn run(args: &[OsString]) -> Option<ExitCode> {
    let role = match args {
        [child, role, ..] if child == "child" => role.to_str()?,
        _ => return None,
    };
    if let Err(error) = interrupt::release() {
        return Some(fail(role, &error));
    }
    match role.split_once('/')?.0 {
        "process-basics" => process_basics::child::run(args),
        "thread-basics" => thread_basics::support::roles::run(args),
        "cluster" => cluster::support::roles::run(args),
        _ if role == NODE => become_node(args),
        _ => experiment(args),
    }
}

/// A parent-death signal outlives exec (prctl(2)); Node.js has no way to ask for one.
fn become_node(args: &[OsString]) -> Option<ExitCode> {
    let (parent, args) = args.get(2..)?.split_first()?;
    die_with(Pid::from_raw(parent.to_str()?.parse().ok()?));
    let error = Command::new("node").args(args).exec();
    let _ = writeln!(io::stderr(), "node cannot be started: {error}");
    Some(ExitCode::from(127)) // as a shell says it
}

fn experiment(args: &[OsString]) -> Option<ExitCode> {
    let args: Vec<&str> = args.iter().map(|arg| arg.to_str()).collect::<Option<_>>()?;
    let ["child", ROLE, parent, id, mode, seed, node] = args.as_slice() else { return None };
    let spec = experiments::all().find(|spec| spec.id == *id)?;
    let (mode, seed) = (if *mode == QUICK { Mode::Quick } else { Mode::Full }, seed.parse().ok()?);

    die_with(Pid::from_raw(parent.parse().ok()?));
    let _ = prctl::set_name(c"experiment"); // what `ps -o comm` shows; only a label
    let print = || {
        let cpus = allowed_cpus()?;
        keep(0, &cpus)?; // where a limit allows fewer at once, it is these: the others' use is looked at there, too
        let plan = Plan { program: OWN_PROGRAM.into(), mode, seed, cpus, node: *node == WITH_NODE };
        io::stdout().write_all(&serde_json::to_vec(&spec.run(&plan))?)
    };
    Some(print().map_or_else(|error| fail(id, &error), |()| ExitCode::SUCCESS))
}

fn fail(what: &str, error: &io::Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "{what}: {error}");
    ExitCode::FAILURE
}
