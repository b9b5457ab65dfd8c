//! What this program does when it is started again as a child: `PROGRAM child thread-basics/ROLE PARENT ARGUMENT...`.

use std::ffi::OsString;
use std::process::ExitCode;

use super::own_program::{CHAPTER, end_with};
use crate::crash;
use crate::more::exec;

/// Plays the role that the arguments ask for; `None` when they are not for a child of this chapter.
pub fn run(args: &[OsString]) -> Option<ExitCode> {
    let args: Vec<&str> = args.iter().map(|arg| arg.to_str()).collect::<Option<_>>()?;
    let ["child", role, parent, args @ ..] = args.as_slice() else { return None };
    let role = role.strip_prefix(CHAPTER)?.strip_prefix('/')?;
    if !end_with(parent) {
        return Some(ExitCode::FAILURE);
    }
    let played = match (role, args) {
        ("crash", [fault]) => crash::host(fault),
        ("exec", []) => exec::host(),
        _ => {
            eprintln!("{CHAPTER}: no child of this chapter has the role '{role}' with these arguments");
            return Some(ExitCode::from(2));
        }
    };
    // The parent reads standard output: a role that could not be played says why there.
    Some(match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    })
}
