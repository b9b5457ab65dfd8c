//! Ending a child from outside: ask with `SIGTERM`, and if that does not help, kill with `SIGKILL`.

use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::cli::claim;
use crate::spawn::End;
use crate::support::deadline::{DEADLINE, read_line};
use crate::support::guard::Guard;
use crate::support::pidfd::wait_at_most;

/// How a child was brought to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminated {
    /// How it ended.
    pub end: End,
    /// It had not ended within the grace period, and was killed.
    pub killed: bool,
}

/// Asks a child to end with `SIGTERM`, and kills it when it has not ended after `grace`.
///
/// # Errors
/// Those of kill(2) and of waiting.
pub fn terminate(mut child: Guard, grace: Duration) -> io::Result<Terminated> {
    kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM)?;
    if let Some(end) = wait_at_most(&mut child, grace)? {
        return Ok(Terminated { end, killed: false });
    }
    child.kill()?; // SIGKILL: it cannot be caught, blocked or ignored (signal(7))
    Ok(Terminated { end: child.wait()?.into(), killed: true })
}

/// Starts a shell that waits until its standard input is closed, and ignores `SIGTERM` if `stubborn`.
///
/// # Errors
/// Those of starting `sh`; `TimedOut` when it does not get ready.
pub fn waiting_child(stubborn: bool) -> io::Result<Guard> {
    let script = if stubborn { "trap '' TERM; echo ready; read _" } else { "echo ready; read _" };
    let mut shell = Command::new("sh");
    let mut child = Guard::from(shell.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?);
    read_line(child.stdout.as_mut().expect("is a pipe"))?;
    Ok(child)
}

/// Shows a child that obeys, and one that does not.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We send SIGTERM (\"please end\") to two children; one of them ignores it.")?;
    writeln!(out, "  Expected: one ends by it. The other has to be killed with SIGKILL.")?;
    let obedient = terminate(waiting_child(false)?, DEADLINE)?;
    writeln!(out, "    default         {}", obedient.end)?;
    claim(
        obedient == Terminated { end: End::Signaled(Signal::SIGTERM as i32), killed: false },
        format_args!("a child that does not ignore SIGTERM: {obedient:?}"),
    )?;
    let stubborn = terminate(waiting_child(true)?, Duration::from_millis(100))?;
    writeln!(out, "    ignores SIGTERM still there after 100 ms; then {}", stubborn.end)?;
    claim(
        stubborn == Terminated { end: End::Signaled(Signal::SIGKILL as i32), killed: true },
        format_args!("a child that ignores SIGTERM: {stubborn:?}"),
    )?;
    writeln!(out, "  Sending a signal does not guarantee that the process ends. In Node,")?;
    writeln!(out, "  child.kill() sends SIGTERM, and child.killed only means that it was sent.")?;
    Ok(())
}
