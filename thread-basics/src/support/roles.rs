//! What this program does when it is started again as a child: `PROGRAM child thread-basics/ROLE PARENT ARGUMENT...`.

use std::ffi::{CString, OsString};
use std::process::ExitCode;

use nix::sys::prctl;

use super::own_program::{CHAPTER, end_with};
use crate::more::{exec, what_is_shared};
use crate::{crash, stop};

/// Plays the role that the arguments ask for; `None` when they are not for a child of this chapter.
pub fn run(args: &[OsString]) -> Option<ExitCode> {
    let args: Vec<&str> = args.iter().map(|arg| arg.to_str()).collect::<Option<_>>()?;
    let ["child", role, parent, args @ ..] = args.as_slice() else { return None };
    let role = role.strip_prefix(CHAPTER)?.strip_prefix('/')?;
    if !end_with(parent) {
        return Some(ExitCode::FAILURE);
    }
    if let Ok(name) = CString::new(role) {
        let _ = prctl::set_name(&name); // what `ps -o comm` shows; only a label
    }
    let played = match (role, args) {
        ("crash", [fault]) => crash::host(fault),
        ("exec", []) => exec::host(),
        ("loop", []) => stop::host(),
        ("what-is-shared", []) => what_is_shared::host(),
        _ => {
            eprintln!("{CHAPTER}: no child of this chapter has the role '{role}' with these arguments");
            return Some(ExitCode::from(2));
        }
    };
    // The parent reads standard output: a role that could not be played says why there.
    Some(played.map_or_else(
        |error| {
            println!("{error}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    ))
}
