//! What a child of this program does: serve as a primary, or as a worker.

use std::ffi::{CString, OsString};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::getppid;

use super::inherited;
use super::own_program::CHAPTER;
use crate::primary::serve;
use crate::settings::Settings;
use crate::worker;

/// Plays the role that the arguments ask for; `None` when they are not for a child of this chapter.
pub fn run(args: &[OsString]) -> Option<ExitCode> {
    let args: Vec<&str> = args.iter().map(|arg| arg.to_str()).collect::<Option<_>>()?;
    let ["child", role, parent, args @ ..] = args.as_slice() else { return None };
    let role = role.strip_prefix(CHAPTER)?.strip_prefix('/')?;
    Some(match play(role, parent, args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{role}: {error}"); // where nobody can read it, the exit code is left
            ExitCode::from(if error.kind() == ErrorKind::InvalidInput { 2 } else { 1 })
        }
    })
}

fn play(role: &str, parent: &str, args: &[&str]) -> io::Result<()> {
    die_with(parent)?;
    if let Ok(name) = CString::new(role) {
        let _ = prctl::set_name(&name); // what `ps -o comm` shows, instead of `exe`: only a label
    }
    if role == "primary" {
        inherited::stop_ignoring(Signal::SIGHUP); // under nohup, too, the lesson asks for a rolling restart
    }
    match (role, args) {
        ("worker", [program, options @ ..]) => worker::run(&settings(program, options)?),
        ("primary", [program, options @ ..]) => serve(&settings(program, options)?, &mut io::stdout()),
        _ => Err(io::Error::new(ErrorKind::InvalidInput, "no child of this chapter has this role, or these arguments")),
    }
}

/// Asks the kernel to kill this process when its parent ends (`PR_SET_PDEATHSIG`, prctl(2)). The parent may have
/// ended before the question was put: then it ends here.
fn die_with(parent: &str) -> io::Result<()> {
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    let is_parent = parent.parse() == Ok(getppid().as_raw());
    if is_parent { Ok(()) } else { Err(io::Error::other("its parent has ended")) }
}

fn settings(program: &str, options: &[&str]) -> io::Result<Settings> {
    Settings::parse(Path::new(program), options).map_err(io::Error::other)
}
