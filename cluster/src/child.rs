//! This program once more, in the role of a child: `cluster child cluster/ROLE PARENT ARGUMENT...`.
//!
//! The role is in the arguments, since `ps` shows them and a grandchild does not inherit them, as it would a variable.

use std::ffi::{CString, OsString};
use std::path::Path;
use std::process::{self, Command, ExitCode};

use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::{Pid, getppid};

use crate::{queued, serve};

/// The running executable. Unlike its path it stays right when the file is replaced or moved.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

const CHAPTER: &str = "cluster";

/// A command that starts `program`, this chapter's executable or one that passes its arguments to [`run`], as a child
/// in `role`. The child is killed when the thread that started it ends.
pub fn command(program: &Path, role: &str) -> Command {
    use std::os::unix::process::CommandExt;

    let mut command = Command::new(program);
    command.arg0(CHAPTER).arg("child").arg(format!("{CHAPTER}/{role}")).arg(process::id().to_string());
    command
}

/// Plays the role that the arguments ask for; `None` when they are not for a child of this chapter.
pub fn run(args: &[OsString]) -> Option<ExitCode> {
    let args: Vec<&str> = args.iter().map(|arg| arg.to_str()).collect::<Option<_>>()?;
    let (role, parent, args) = match args.as_slice() {
        ["child", role, parent, args @ ..] => (role.strip_prefix(CHAPTER)?.strip_prefix('/')?, parent, args),
        _ => return None,
    };
    let Ok(parent) = parent.parse() else { return Some(unknown(role)) };
    die_with(Pid::from_raw(parent));
    name_process(role);
    Some(match (role, args) {
        ("worker" | "primary" | "serve", [program, options @ ..]) => serve::child(role, program, options),
        ("queued", []) => queued::child(),
        _ => unknown(role),
    })
}

/// Asks the kernel to kill this process when its parent ends (`PR_SET_PDEATHSIG`, prctl(2)). The parent may have
/// ended before the question was put: then it ends here.
fn die_with(parent: Pid) {
    if prctl::set_pdeathsig(Signal::SIGKILL).is_err() || getppid() != parent {
        process::exit(1);
    }
}

/// What `ps -o comm` shows: without it, every child would be called `exe`.
fn name_process(role: &str) {
    if let Ok(name) = CString::new(role) {
        let _ = prctl::set_name(&name); // only a label: the child works without it
    }
}

fn unknown(role: &str) -> ExitCode {
    eprintln!("{CHAPTER}: no child of this chapter has the role '{role}' with these arguments");
    ExitCode::from(2)
}
