//! What a child of this chapter does, by the role among its arguments (see [`own_program`](super::own_program)).

use std::ffi::{CString, OsString};
use std::process::ExitCode;

use nix::sys::prctl;
use nix::unistd::Pid;

use super::fault::Fault;
use super::handshake;
use super::own_program::CHAPTER;
use crate::fork::die_with;
use crate::message;

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
        ("fault", [fault]) => {
            die_with(parent);
            Fault::named(fault)?.announce_and_commit();
            ExitCode::SUCCESS // no fault returns
        }
        _ => {
            eprintln!("{CHAPTER}: no child of this chapter has the role '{role}' with these arguments");
            ExitCode::from(2)
        }
    })
}
