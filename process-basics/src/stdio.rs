//! Where a child's standard output leads: a pipe, ours, or nowhere; and how to read two pipes without a deadlock.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Output, Stdio};
use std::time::Duration;

use anyhow::ensure;

use crate::child::{self, Guard};
use crate::pidfd::wait_at_most;
use crate::spawn::End;

/// Where the standard output of a child that was started with `stdout` leads, as `/proc` tells.
///
/// # Errors
/// Those of starting `program`, and of reading `/proc`.
pub fn leads_to(program: &Path, stdout: Stdio) -> io::Result<PathBuf> {
    let mut command = child::command(program, "echo");
    let mut child = Guard::from(command.arg("1").stdin(Stdio::piped()).stdout(stdout).spawn()?);
    let target = fs::read_link(format!("/proc/{}/fd/1", child.id()));
    drop(child.stdin.take()); // its end
    child.wait()?;
    target
}

/// Starts a child that writes `bytes` to its standard error and then `bytes` to its standard output, and captures
/// both. Reads whichever pipe has something, so neither can fill up.
///
/// # Errors
/// Those of starting `program` and of reading.
pub fn capture(program: &Path, bytes: usize) -> io::Result<Output> {
    child::command(program, "writer").arg(bytes.to_string()).stdin(Stdio::null()).output()
}

/// The same, with the mistake: reads standard output to its end first. How much was read of it before `patience` ran
/// out, and how the child ended once the mistake was mended.
///
/// # Errors
/// Those of starting `program` and of reading.
pub fn capture_in_turn(program: &Path, bytes: usize, patience: Duration) -> io::Result<(Option<End>, End)> {
    let mut command = child::command(program, "writer");
    command.arg(bytes.to_string()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Guard::from(command.spawn()?);
    // Whoever reads standard output here waits for the child, which waits for a reader of standard error.
    let in_time = wait_at_most(&mut child, patience)?;
    let errors = child.stderr.take().expect("is a pipe");
    io::copy(&mut errors.take(bytes as u64), &mut io::sink())?;
    io::copy(&mut child.stdout.take().expect("is a pipe"), &mut io::sink())?;
    Ok((in_time, child.wait()?.into()))
}

/// The writer's side.
pub(crate) fn writer(bytes: &str) -> ExitCode {
    let Ok(bytes) = bytes.parse() else { return ExitCode::from(2) };
    let text = vec![b'.'; bytes];
    let written = io::stderr().write_all(&text).and_then(|()| io::stdout().write_all(&text));
    if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Shows the three ways, a capture of more than a pipe holds, and the deadlock.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    let ours = fs::read_link("/proc/self/fd/1")?;
    let (pipe, inherit, null) =
        (leads_to(program, Stdio::piped())?, leads_to(program, Stdio::inherit())?, leads_to(program, Stdio::null())?);
    for (name, target) in [("pipe", &pipe), ("inherit", &inherit), ("null", &null)] {
        writeln!(out, "  {name:<8} leads to {}", target.display())?;
    }
    ensure!(pipe.to_string_lossy().starts_with("pipe:"), "a piped output leads to {}", pipe.display());
    ensure!(inherit == ours, "an inherited output leads to {}, ours to {}", inherit.display(), ours.display());
    ensure!(null == Path::new("/dev/null"), "an ignored output leads to {}", null.display());

    const BYTES: usize = 256 << 10; // a pipe holds 64 KiB (pipe(7))
    let output = capture(program, BYTES)?;
    writeln!(out, "  both captured at once: {} + {} bytes", output.stderr.len(), output.stdout.len())?;
    ensure!(output.stderr.len() == BYTES && output.stdout.len() == BYTES, "bytes were lost");

    let (in_time, mended) = capture_in_turn(program, BYTES, Duration::from_millis(100))?;
    ensure!(in_time.is_none(), "a child with a full pipe ended all the same: {in_time:?}");
    writeln!(out, "  one after the other: after 100 ms the child still waits")?;
    writeln!(out, "  for us, and we for it. Its pipe emptied, it {mended}")?;
    ensure!(mended == End::Exited(0), "the child {mended}");
    Ok(())
}
