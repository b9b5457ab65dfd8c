//! Another program in a process of its own, and how it ended. Node: `child_process.spawn`, no shell.

use std::fmt;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{bail, ensure};
use nix::sys::signal::Signal;
use nix::sys::wait::WaitStatus;

/// How a process ended: by itself with a code, or by a signal; exactly one of the two (wait(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It returned from `main` or called exit, with this code (0 to 255).
    Exited(i32),
    /// A signal ended it: its number, since not every signal has a name (signal(7), real-time signals).
    Signaled(i32),
}

impl End {
    /// `None` for a process that has not ended (stopped, continued).
    pub(crate) fn from_wait(status: WaitStatus) -> Option<Self> {
        match status {
            WaitStatus::Exited(_, code) => Some(End::Exited(code)),
            WaitStatus::Signaled(_, signal, _) => Some(End::Signaled(signal as i32)),
            _ => None,
        }
    }
}

impl From<ExitStatus> for End {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => End::Exited(code),
            (None, Some(signal)) => End::Signaled(signal),
            (None, None) => unreachable!("a process that was waited for has exited or was ended by a signal: {status}"),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            End::Exited(code) => write!(f, "exited with code {code}"),
            End::Signaled(number) => match Signal::try_from(*number) {
                Ok(signal) => write!(f, "was ended by {signal}"),
                Err(_) => write!(f, "was ended by signal {number}"),
            },
        }
    }
}

/// Runs `program` with `args`, its input and output closed off, and waits for its end.
///
/// # Errors
/// `NotFound` where there is no such program, `PermissionDenied` where it may not be executed: then there was no
/// process at all.
pub fn run(program: &Path, args: &[&str]) -> io::Result<End> {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(command.status()?.into())
}

/// Shows an exit code, a signal, and a program that does not exist.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    let shell = Path::new("sh");
    for (script, expected) in [
        ("exit 0", End::Exited(0)),
        ("exit 7", End::Exited(7)),
        ("kill -TERM $$", End::Signaled(Signal::SIGTERM as i32)),
    ] {
        let end = run(shell, &["-c", script])?;
        writeln!(out, "  sh -c '{script}'{:width$} {end}", "", width = 14 - script.len())?;
        ensure!(end == expected, "sh -c '{script}' {end}; expected: {expected:?}");
    }
    let missing = Path::new("no-such-program");
    match run(missing, &[]) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            writeln!(out, "  {:<22} {error}", missing.display())?;
        }
        other => bail!("starting a missing program gave {other:?}"),
    }
    writeln!(out, "  A process ends with a code or by a signal, never both.")?;
    writeln!(out, "  A missing program is an error: it never began.")?;
    Ok(())
}
