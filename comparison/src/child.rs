//! This program as a child: one experiment in a process of its own, or a role of a chapter.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{self, Command, ExitCode};

use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::{Pid, getppid};

use crate::experiments::{self, Plan};
use crate::placement::allowed_cpus;
use crate::report::{Experiment, Mode};

/// The running executable. Unlike its path it stays right when the file is replaced or moved.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

const ROLE: &str = "comparison/experiment";

/// A command that runs the experiment `id` and prints its outcome as JSON.
pub fn command(id: &str, mode: Mode, seed: u64, node: bool) -> Command {
    use std::os::unix::process::CommandExt;

    let mode = if mode == Mode::Quick { "quick" } else { "full" };
    let node = if node { "node" } else { "no-node" };
    let mut command = Command::new(OWN_PROGRAM);
    command.arg0("comparison").args(["child", ROLE, &process::id().to_string(), id, mode, &seed.to_string(), node]);
    command
}

/// Plays the role that the arguments ask for: an experiment, or a chapter's, named before the slash. `None` when they
/// are not for a child.
pub fn run(args: &[OsString]) -> Option<ExitCode> {
    let role = match args {
        [child, role, ..] if child == "child" => role.to_str()?,
        _ => return None,
    };
    match role.split_once('/')?.0 {
        "process-basics" => process_basics::child::run(args),
        "thread-basics" => thread_basics::child::run(args),
        "cluster" => cluster::child::run(args),
        _ => experiment(args),
    }
}

fn experiment(args: &[OsString]) -> Option<ExitCode> {
    let args: Vec<&str> = args.iter().map(|arg| arg.to_str()).collect::<Option<_>>()?;
    let ["child", ROLE, parent, id, mode, seed, node] = args.as_slice() else { return None };
    let (parent, seed) = (parent.parse().ok()?, seed.parse().ok()?);
    let spec = experiments::all().find(|spec| spec.id == *id)?;
    let mode = if *mode == "quick" { Mode::Quick } else { Mode::Full };

    prctl::set_pdeathsig(Signal::SIGKILL).ok()?;
    if getppid() != Pid::from_raw(parent) {
        return Some(ExitCode::FAILURE); // our parent ended before we asked to end with it
    }
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

fn fail(id: &str, error: &io::Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "experiment {id}: {error}");
    ExitCode::FAILURE
}
