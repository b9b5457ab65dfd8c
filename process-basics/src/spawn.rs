//! Another program as a child, and how it ended. Node: `child_process.spawn`, without a shell.

use std::env;
use std::fmt;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::Context;
use nix::sys::signal::Signal;

use crate::cli::claim;

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

/// Shows how children end, programs that cannot be started, and what a child inherits.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We run three commands. Expected: an exit code or a signal, never both.")?;
    for (script, expected) in [
        ("exit 0", End::Exited(0)),
        ("exit 7", End::Exited(7)),
        ("kill -TERM $$", End::Signaled(Signal::SIGTERM as i32)),
    ] {
        let end = run(Path::new("sh"), &["-c", script])?;
        writeln!(out, "    {:<22} {end}", format!("sh -c '{script}'"))?;
        claim(end == expected, format_args!("sh -c '{script}' {end}"))?;
    }
    writeln!(out, "  Two files cannot be run. Expected: an error, and no process was made.")?;
    for (file, expected) in
        [("./no-such-program", io::ErrorKind::NotFound), ("/proc/version", io::ErrorKind::PermissionDenied)]
    {
        let error = run(Path::new(file), &[]).err().with_context(|| format!("the claim did not hold: {file} ran"))?;
        writeln!(out, "    {file:<22} {error}")?;
        claim(error.kind() == expected, format_args!("starting {file}: {error}"))?;
    }
    show_inheritance(out)?;
    writeln!(out, "  The same holds for Node's spawn: env *replaces* the environment, and its exit")?;
    writeln!(out, "  event has a code or a signal; the other one is null.")?;
    Ok(())
}

fn show_inheritance(out: &mut dyn Write) -> anyhow::Result<()> {
    const END_EACH_WITH_ZERO: &[&str] = &["-0"]; // the value of a variable may hold a line feed
    writeln!(out, "  Expected: a child has our folder and environment, or those that we give it.")?;
    let variables = output_of("env", END_EACH_WITH_ZERO, Path::new("."), None)?.split_terminator('\0').count();
    let folder = output_of("pwd", &[], Path::new("."), None)?;
    let folder = folder.strip_suffix('\n').unwrap_or(&folder);
    writeln!(out, "    by default             our folder, and our {variables} variables")?;
    claim(variables == env::vars_os().count(), format_args!("the child has {variables} variables"))?;
    claim(Path::new(folder).canonicalize()? == env::current_dir()?.canonicalize()?, format_args!("it is in {folder}"))?;
    let variables = output_of("env", &[], Path::new("."), Some(&[("ONLY", "this")]))?;
    let folder = output_of("pwd", &[], Path::new("/proc"), None)?;
    let (folder, variables) = (folder.trim_end(), variables.trim_end());
    writeln!(out, "    cwd /proc, env ONLY=this: it sees {folder}, {variables}")?;
    claim(folder == "/proc", format_args!("it is in {folder}"))?;
    claim(variables == "ONLY=this", format_args!("it has {variables}"))?;
    Ok(())
}
