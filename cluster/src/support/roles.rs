//! What a child of this program does: serve as a primary, or as a worker.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::getppid;

use super::inherited;
use super::own_program::CHAPTER;
use crate::cli;
use crate::primary::serve;
use crate::settings::Settings;
use crate::worker;

/// What [`cli::finish`] prints when the arguments are wrong.
const USAGE: &str = "Only the chapter itself starts such a child.";

type Role = (&'static str, fn(&Settings) -> io::Result<()>);

const ROLES: [Role; 2] = [("worker", worker::run), ("primary", primary)];

/// Plays the role that the arguments ask for; `None` when they are not for a child of this chapter.
pub fn run(args: &[OsString]) -> Option<ExitCode> {
    let args: Vec<&str> = args.iter().map(|arg| arg.to_str()).collect::<Option<_>>()?;
    let ["child", role, parent, options @ ..] = args.as_slice() else { return None };
    let role = role.strip_prefix(CHAPTER)?.strip_prefix('/')?;
    Some(cli::finish(USAGE, play(role, parent, options)))
}

fn play(role: &str, parent: &str, options: &[&str]) -> anyhow::Result<ExitCode> {
    die_with(parent)?;
    let (_, play) = cli::find("role", &ROLES, |(name, _)| name, role)?;
    play(&Settings::parse(options)?)?;
    Ok(ExitCode::SUCCESS)
}

fn primary(settings: &Settings) -> io::Result<()> {
    inherited::stop_ignoring(Signal::SIGHUP); // under nohup, too, the lesson asks for a rolling restart
    serve(settings, &mut io::stdout())
}

/// Asks the kernel to kill this process when its parent ends (`PR_SET_PDEATHSIG`, prctl(2)). The parent may have
/// ended before the question was put: then it ends here.
fn die_with(parent: &str) -> io::Result<()> {
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    let is_parent = parent.parse() == Ok(getppid().as_raw());
    if is_parent { Ok(()) } else { Err(io::Error::other("its parent has ended")) }
}
