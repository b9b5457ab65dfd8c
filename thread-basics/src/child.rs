//! This program once more, as `thread-basics child thread-basics/ROLE PARENT ARGUMENT...`: a process that a thread of
//! its own may take down.

use std::ffi::{CString, OsString};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{self, Command, ExitCode};

use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::getppid;

use crate::{crash, exec, stop, what_is_shared};

/// The running executable. Unlike its path it stays right when the file is replaced or moved.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

const CHAPTER: &str = "thread-basics";

/// A command that starts `program`, this chapter's executable or one that passes its arguments to [`run`], as a child
/// in `role`. The child is killed when the thread that started it ends.
pub fn command(program: &Path, role: &str) -> Command {
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
    // Killed when the parent ends (prctl(2)), which may have been before this was asked for.
    if prctl::set_pdeathsig(Signal::SIGKILL).is_err() || getppid().to_string() != *parent {
        return Some(ExitCode::FAILURE);
    }
    if let Ok(name) = CString::new(role) {
        let _ = prctl::set_name(&name); // what `ps -o comm` shows; only a label
    }
    Some(match (role, args) {
        ("host", [fault]) => crash::host(fault),
        ("exec", []) => exec::host(),
        ("looping", []) => stop::looping(),
        ("changing", []) => what_is_shared::changing(),
        _ => {
            eprintln!("{CHAPTER}: no child of this chapter has the role '{role}' with these arguments");
            ExitCode::from(2)
        }
    })
}
