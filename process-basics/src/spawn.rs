//! Another program in a process of its own, and how it ended. Node: `child_process.spawn`, no shell.

use std::env;
use std::fmt;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{bail, ensure};
use nix::sys::signal::Signal;

/// How a process ended: by itself with a code, or by a signal; exactly one of the two (wait(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It returned from `main` or called exit, with this code (0 to 255).
    Exited(i32),
    /// A signal ended it: its number, since not every signal has a name (signal(7), real-time signals).
    Signaled(i32),
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

/// What `program` with `args` prints, run in the working directory `directory`, with our environment or, as in Node,
/// with `environment` *instead*.
///
/// # Errors
/// Those of starting it; `NotFound` where there is no such directory, too.
pub fn output_of(
    program: &str,
    args: &[&str],
    directory: &Path,
    environment: Option<&[(&str, &str)]>,
) -> io::Result<String> {
    let mut command = Command::new(program);
    command.args(args).current_dir(directory).stdin(Stdio::null());
    if let Some(variables) = environment {
        command.env_clear().envs(variables.iter().copied());
    }
    Ok(String::from_utf8_lossy(&command.output()?.stdout).into_owned())
}

/// Shows ends, what a child inherits, and programs that cannot be started: one that does not exist.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    for (script, expected) in [
        ("exit 0", End::Exited(0)),
        ("exit 7", End::Exited(7)),
        ("kill -TERM $$", End::Signaled(Signal::SIGTERM as i32)),
    ] {
        let end = run(Path::new("sh"), &["-c", script])?;
        writeln!(out, "  sh -c '{script}'{:width$} {end}", "", width = 14 - script.len())?;
        ensure!(end == expected, "sh -c '{script}' {end}; expected: {expected:?}");
    }
    for (file, expected) in
        [("./no-such-program", io::ErrorKind::NotFound), ("/proc/version", io::ErrorKind::PermissionDenied)]
    {
        match run(Path::new(file), &[]) {
            Err(error) if error.kind() == expected => writeln!(out, "  {file:<22} {error}")?,
            other => bail!("starting {file} gave {other:?}"),
        }
    }
    const END_EACH_WITH_ZERO: &[&str] = &["-0"]; // a value may hold a newline
    let variables = output_of("env", END_EACH_WITH_ZERO, Path::new("."), None)?.split_terminator('\0').count();
    let directory = output_of("pwd", &[], Path::new("."), None)?;
    writeln!(out, "  by default a child has our directory, and {variables} variables")?;
    ensure!(variables == env::vars_os().count(), "a child inherited {variables} variables");
    ensure!(Path::new(directory.trim_end()) == env::current_dir()?, "a child began in {directory}");
    let variables = output_of("env", &[], Path::new("."), Some(&[("ONLY", "this")]))?;
    let directory = output_of("pwd", &[], Path::new("/proc"), None)?;
    writeln!(out, "  told otherwise: {}, {}", directory.trim_end(), variables.trim_end())?;
    ensure!((&*directory, &*variables) == ("/proc\n", "ONLY=this\n"), "a child has {directory}, {variables}");
    writeln!(out, "  A process ends with a code or by a signal, never both.")?;
    writeln!(out, "  A program that cannot be started never was a process.")?;
    Ok(())
}
