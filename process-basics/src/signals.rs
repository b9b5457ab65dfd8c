//! Ending a child from outside: ask with `SIGTERM`, and if that does not help, kill with `SIGKILL`.

use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::cli::claim;
use crate::support::deadline::{DEADLINE, read_line};
use crate::support::end::End;
use crate::support::guard::Guard;

/// Asks a child to end with `SIGTERM`, and kills it when it has not ended after `grace`. How it ended.
///
/// # Errors
/// Those of kill(2) and of waiting.
pub fn terminate(mut child: Guard, grace: Duration) -> io::Result<End> {
    kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM)?;
    if let Some(end) = child.wait_at_most(grace)? {
        return Ok(end);
    }
    child.kill()?; // SIGKILL: it cannot be caught, blocked or ignored (signal(7))
    child.end()
}

/// Starts a shell that waits until its standard input is closed, and ignores `SIGTERM` if `stubborn`.
///
/// # Errors
/// Those of starting `sh`; `TimedOut` when it does not get ready.
pub fn waiting_child(stubborn: bool) -> io::Result<Guard> {
    let script = if stubborn { "trap '' TERM; echo ready; read _" } else { "echo ready; read _" };
    let mut shell = Command::new("sh");
    let mut child = Guard::start(shell.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()))?;
    read_line(child.stdout.as_mut().expect("is a pipe"))?;
    Ok(child)
}

/// Shows a child that obeys, and one that does not.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We send SIGTERM (\"please end\") to two children; one of them ignores it.")?;
    writeln!(out, "  Expected: one ends by it. The other has to be killed with SIGKILL.")?;
    let obedient = terminate(waiting_child(false)?, DEADLINE)?;
    writeln!(out, "    does nothing special  the child {obedient}")?;
    claim(obedient == End::Signaled(Signal::SIGTERM as i32), format_args!("after SIGTERM the child {obedient}"))?;
    let stubborn = terminate(waiting_child(true)?, Duration::from_millis(100))?;
    writeln!(out, "    ignores SIGTERM       we waited 100 ms; then the child {stubborn}")?;
    claim(stubborn == End::Signaled(Signal::SIGKILL as i32), format_args!("after SIGKILL the child {stubborn}"))?;
    writeln!(out, "  Sending a signal does not guarantee that the process ends. In Node,")?;
    writeln!(out, "  child.kill() sends SIGTERM, and child.killed only means that it was sent.")?;
    Ok(())
}
