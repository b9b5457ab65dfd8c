//! What a child of this chapter does, by the role among its arguments (see [`own_program`](super::own_program)).

use std::ffi::{CString, OsString};
use std::process::ExitCode;

use nix::sys::prctl;
use nix::unistd::Pid;

use super::own_program::CHAPTER;
use super::{echo, handshake};
use crate::fork::die_with;
use crate::more::{orphan, shared};
use crate::{crash, message};

/// Plays the role that the arguments ask for; `None` when they are not for a child of this chapter.
pub fn run(args: &[OsString]) -> Option<ExitCode> {
    let args: Vec<&str> = args.iter().map(|arg| arg.to_str()).collect::<Option<_>>()?;
    let ["child", role, parent, args @ ..] = args.as_slice() else { return None };
    let role = role.strip_prefix(CHAPTER)?.strip_prefix('/')?;
    let parent = Pid::from_raw(parent.parse().unwrap_or(0)); // no process has process 0 as its parent
    if let Ok(name) = CString::new(role) {
        let _ = prctl::set_name(&name); // what `ps -o comm` shows, else `exe`; only a label
    }
    Some(match (role, args) {
        (message::GREETER, []) => handshake::serve(parent, message::greet),
        (shared::SUM_OF_SHARED, []) => handshake::serve(parent, shared::sum_of_shared),
        (shared::SUM_OF_SENT, []) => with_parent(parent, shared::sum_of_sent),
        ("echo", []) => with_parent(parent, echo::echo),
        ("fault", [fault]) => with_parent(parent, || crash::victim(fault)),
        ("parent", []) => with_parent(parent, orphan::parent),
        ("bound", []) => with_parent(parent, || orphan::child(role)),
        // These two may outlive their parent: they end with the pipe that is their standard input.
        ("idle" | "reader", []) => orphan::child(role),
        _ => {
            eprintln!("{CHAPTER}: no child of this chapter has the role '{role}' with these arguments");
            ExitCode::from(2)
        }
    })
}

/// Plays a role that does not outlive the parent.
fn with_parent(parent: Pid, role: impl FnOnce() -> ExitCode) -> ExitCode {
    die_with(parent);
    role()
}
