//! Where a child's standard output leads: a pipe, ours, or nowhere; and how to read two pipes without a deadlock.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use anyhow::ensure;

use crate::child::Guard;
use crate::pidfd::wait_at_most;
use crate::spawn::End;

/// Where the standard output of a child that was started with `stdout` leads, as `/proc` tells.
///
/// # Errors
/// Those of starting `cat`, and of reading `/proc`.
pub fn leads_to(stdout: Stdio) -> io::Result<PathBuf> {
    let child = Guard::from(Command::new("cat").stdin(Stdio::piped()).stdout(stdout).spawn()?);
    fs::read_link(format!("/proc/{}/fd/1", child.id()))
}

/// A command that writes `bytes` to its standard error and then `bytes` to its standard output.
fn writer(bytes: usize) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "head -c $0 /dev/zero >&2 && head -c $0 /dev/zero", &bytes.to_string()]).stdin(Stdio::null());
    shell
}

/// Captures `bytes` of both streams of a child. Reads whichever pipe has something, so neither can fill up.
///
/// # Errors
/// Those of starting `sh` and of reading.
pub fn capture(bytes: usize) -> io::Result<Output> {
    writer(bytes).output()
}

/// The same, with the mistake: reads standard output to its end first. How the child ended before `patience` ran out,
/// and how it ended once the mistake was mended.
///
/// # Errors
/// Those of starting `sh` and of reading.
pub fn capture_in_turn(bytes: usize, patience: Duration) -> io::Result<(Option<End>, End)> {
    let mut child = Guard::from(writer(bytes).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?);
    // Whoever reads standard output here waits for the child, which waits for a reader of standard error.
    let in_time = wait_at_most(&mut child, patience)?;
    // No further than the bytes: the child keeps the pipe open until its end.
    io::copy(&mut child.stderr.take().expect("is a pipe").take(bytes as u64), &mut io::sink())?;
    io::copy(&mut child.stdout.take().expect("is a pipe"), &mut io::sink())?;
    Ok((in_time, child.wait()?.into()))
}

/// Shows the three ways, a capture of more than a pipe holds, and the deadlock.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    let ours = fs::read_link("/proc/self/fd/1")?;
    let (pipe, inherit, null) = (leads_to(Stdio::piped())?, leads_to(Stdio::inherit())?, leads_to(Stdio::null())?);
    for (name, target) in [("pipe", &pipe), ("inherit", &inherit), ("null", &null)] {
        writeln!(out, "  {name:<8} leads to {}", target.display())?;
    }
    ensure!(pipe.to_string_lossy().starts_with("pipe:"), "a piped output leads to {}", pipe.display());
    ensure!(inherit == ours, "an inherited output leads to {}, ours to {}", inherit.display(), ours.display());
    ensure!(null == Path::new("/dev/null"), "an ignored output leads to {}", null.display());

    const BYTES: usize = 256 << 10; // a pipe holds 64 KiB (pipe(7))
    let output = capture(BYTES)?;
    writeln!(out, "  both captured at once: {} + {} bytes", output.stderr.len(), output.stdout.len())?;
    ensure!(output.stderr.len() == BYTES && output.stdout.len() == BYTES, "bytes were lost");

    let (in_time, mended) = capture_in_turn(BYTES, Duration::from_millis(100))?;
    ensure!(in_time.is_none(), "a child with a full pipe ended all the same: {in_time:?}");
    writeln!(out, "  one after the other: after 100 ms the child still waits")?;
    writeln!(out, "  for us, and we for it. Its pipe emptied, it {mended}")?;
    ensure!(mended == End::Exited(0), "the child {mended}");
    Ok(())
}
