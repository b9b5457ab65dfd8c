//! This program as a child: one experiment in a process of its own, or a role of a chapter.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitCode};

use nix::sys::prctl;
use nix::unistd::Pid;
use process_basics::fork::die_with;

use crate::experiments::{self, Plan};
use crate::interrupt;
use crate::placement::allowed_cpus;
use crate::report::{Experiment, Mode};

/// The running executable. Unlike its path it stays right when the file is replaced or moved.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

const ROLE: &str = "comparison/experiment";
const NODE: &str = "comparison/node";

/// A command that runs the experiment `id` and prints its outcome as JSON.
pub fn command(id: &str, mode: Mode, seed: u64, node: bool) -> Command {
    let mode = if mode == Mode::Quick { "quick" } else { "full" };
    let node = if node { "node" } else { "no-node" };
    let mut command = Command::new(OWN_PROGRAM);
    command.arg0("comparison").args(["child", ROLE, &process::id().to_string(), id, mode, &seed.to_string(), node]);
    command
}

/// A command that runs the real Node.js in place of `program`, this executable. It is killed when the thread that started it ends.
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
        "thread-basics" => thread_basics::child::run(args),
        "cluster" => cluster::child::run(args),
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
    let (parent, seed) = (parent.parse().ok()?, seed.parse().ok()?);
    let spec = experiments::all().find(|spec| spec.id == *id)?;
    let mode = if *mode == "quick" { Mode::Quick } else { Mode::Full };

    die_with(Pid::from_raw(parent));
    let _ = prctl::set_name(c"experiment"); // what `ps -o comm` shows; only a label
    let cpus = match allowed_cpus() {
        Ok(cpus) => cpus,
        Err(error) => return Some(fail(id, &error)),
    };
    let plan = Plan { program: PathBuf::from(OWN_PROGRAM), mode, seed, cpus, node: *node == "node" };
    match print(&spec.run(&plan)) {
        Ok(()) => Some(ExitCode::SUCCESS),
        Err(error) => Some(fail(id, &error)),
    }
}

fn print(outcome: &Experiment) -> io::Result<()> {
    let json = serde_json::to_vec(outcome)?;
    io::stdout().write_all(&json)
}

fn fail(what: &str, error: &io::Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "{what}: {error}");
    ExitCode::FAILURE
}
