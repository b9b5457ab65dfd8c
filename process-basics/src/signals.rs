//! Ending a child from outside: ask with `SIGTERM`, and if that does not help, `SIGKILL`.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::ensure;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::child::Guard;
use crate::pidfd::wait_at_most;
use crate::spawn::End;

/// Asks a child to end, and kills it when it has not after `grace`. How it ended, and how long that took.
///
/// # Errors
/// Those of kill(2) and of waiting.
pub fn terminate(mut child: Guard, grace: Duration) -> io::Result<(End, Duration)> {
    let asked = Instant::now();
    kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM)?;
    let end = match wait_at_most(&mut child, grace)? {
        Some(end) => end,
        None => {
            child.kill()?; // SIGKILL: not to be caught, blocked or ignored (signal(7))
            child.wait()?.into()
        }
    };
    Ok((end, asked.elapsed()))
}

/// Starts a shell that waits for the end of its standard input, deaf to `SIGTERM` if `stubborn`.
///
/// # Errors
/// Those of starting `sh`.
pub fn waiting_child(stubborn: bool) -> io::Result<Guard> {
    let script = if stubborn { "trap '' TERM; echo ready; read _" } else { "echo ready; read _" };
    let mut shell = Command::new("sh");
    let mut child = Guard::from(shell.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?);
    BufReader::new(child.stdout.take().expect("is a pipe")).read_line(&mut String::new())?;
    Ok(child)
}

/// Shows a child that obeys, and one that does not.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    let grace = Duration::from_millis(100);
    for (stubborn, expected) in [(false, Signal::SIGTERM), (true, Signal::SIGKILL)] {
        let (end, time) = terminate(waiting_child(stubborn)?, grace)?;
        let who = if stubborn { "ignores SIGTERM" } else { "obeys SIGTERM" };
        writeln!(out, "  a child that {who:<15} {end}, {:5.1} ms later", time.as_secs_f64() * 1e3)?;
        ensure!(end == End::Signaled(expected as i32), "a child that {who} {end}");
        ensure!(stubborn == (time >= grace), "a child that {who} was gone after {time:?}, grace {grace:?}");
    }
    writeln!(out, "  A signal that was sent is not yet a death.")?;
    Ok(())
}
