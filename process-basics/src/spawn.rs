//! Another program as a child, and how it ended. Node: `child_process.spawn`, without a shell.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;
use nix::sys::signal::Signal;

use crate::cli::claim;
pub use crate::support::end::End;
use crate::support::guard::Guard;

/// Runs `program` with `args`, its input and output closed off, and waits for its end.
///
/// # Errors
/// `NotFound` where there is no such program, `PermissionDenied` where it may not be executed: then there was no
/// process at all. `TimedOut` when it has not ended at the deadline: then it is killed.
pub fn run(program: &Path, args: &[&str]) -> io::Result<End> {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Guard::start(&mut command)?.end()
}

/// Shows how children end, and a program that cannot be started.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We run three commands and ask how each of them ended.")?;
    writeln!(out, "  Expected: with an exit code, or by a signal; never both.")?;
    for (script, expected) in [
        ("exit 0", End::Exited(0)),
        ("exit 7", End::Exited(7)),
        ("kill -TERM $$", End::Signaled(Signal::SIGTERM as i32)),
    ] {
        let end = run(Path::new("sh"), &["-c", script])?;
        writeln!(out, "    {:<22} {end}", format!("sh -c '{script}'"))?;
        claim(end == expected, format_args!("sh -c '{script}' {end}"))?;
    }
    writeln!(out, "  Then we run a file that does not exist. Expected: an error, no process.")?;
    let error = run(Path::new("./no-such-program"), &[]).err().context("the claim did not hold: it ran")?;
    writeln!(out, "    {error}")?;
    claim(error.kind() == io::ErrorKind::NotFound, format_args!("starting a file that does not exist: {error}"))?;
    writeln!(out, "  In Node, spawn's exit event has a code or a signal; the other one is null.")?;
    Ok(())
}
