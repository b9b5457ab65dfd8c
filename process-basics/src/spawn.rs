//! Another program in a process of its own, and how it ended. Node: `child_process.spawn`, no shell.

use std::env;
use std::fmt;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use anyhow::{bail, ensure};
use nix::sys::signal::Signal;
use nix::sys::wait::WaitStatus;

use crate::child;

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

/// What a child tells of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its working directory.
    pub directory: String,
    /// The names of its environment variables, sorted.
    pub variables: Vec<String>,
}

/// Runs this chapter's `program` as a child that tells of itself, in the working directory `directory`, with our
/// environment or, as in Node, with `environment` *instead*.
///
/// # Errors
/// Those of starting `program`; `NotFound` where there is no such directory, too.
pub fn tell(program: &Path, directory: &Path, environment: Option<&[(&str, &str)]>) -> io::Result<Told> {
    let mut command = child::command(program, "teller");
    command.current_dir(directory).stdin(Stdio::null());
    if let Some(variables) = environment {
        command.env_clear().envs(variables.iter().copied());
    }
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut lines = text.lines().map(str::to_owned);
    let directory = lines.next().ok_or_else(|| io::Error::other("the child told nothing"))?;
    Ok(Told { directory, variables: lines.collect() })
}

/// The teller's side.
pub(crate) fn teller() -> ExitCode {
    let Ok(directory) = env::current_dir() else { return ExitCode::FAILURE };
    let mut names: Vec<_> = env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
    names.sort();
    println!("{}\n{}", directory.display(), names.join("\n"));
    ExitCode::SUCCESS
}

/// Shows ends, what a child inherits, and programs that cannot be started: one that does not exist.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
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
    for (file, expected) in
        [("./no-such-program", io::ErrorKind::NotFound), ("/proc/version", io::ErrorKind::PermissionDenied)]
    {
        match run(Path::new(file), &[]) {
            Err(error) if error.kind() == expected => writeln!(out, "  {file:<22} {error}")?,
            other => bail!("starting {file} gave {other:?}"),
        }
    }
    let inherits = tell(program, Path::new("."), None)?;
    let told = tell(program, Path::new("/proc"), Some(&[("ONLY", "this")]))?;
    writeln!(out, "  by default a child has our directory, and {} variables", inherits.variables.len())?;
    writeln!(out, "  told otherwise: {}, {}", told.directory, told.variables.join(" "))?;
    ensure!(Path::new(&inherits.directory) == env::current_dir()?, "it began in {}", inherits.directory);
    ensure!(inherits.variables.len() == env::vars_os().count(), "it inherited {:?}", inherits.variables);
    ensure!(told.directory == "/proc" && told.variables == ["ONLY"], "the child told {told:?}");
    writeln!(out, "  A process ends with a code or by a signal, never both.")?;
    writeln!(out, "  A program that cannot be started never was a process.")?;
    Ok(())
}
