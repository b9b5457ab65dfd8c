//! Where a child's standard output leads: a pipe, our own, or nowhere; and how to read two pipes without a deadlock.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::cli::claim;
use crate::spawn::End;
use crate::support::guard::Guard;
use crate::support::pidfd::wait_at_most;

/// Where the standard output of a child that was started with `stdout` leads, according to `/proc`.
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

/// Captures `bytes` of each of a child's two streams. Reads whichever pipe has data, so neither stays full.
///
/// # Errors
/// Those of starting `sh` and of reading.
pub fn capture(bytes: usize) -> io::Result<Output> {
    writer(bytes).output()
}

/// The same with a mistake: it reads standard output to its end first. How the child ended within `patience`, if it
/// did, and how it ended once standard error was read, too.
///
/// # Errors
/// Those of starting `sh` and of reading.
pub fn capture_stdout_first(bytes: usize, patience: Duration) -> io::Result<(Option<End>, End)> {
    let mut child = Guard::from(writer(bytes).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?);
    // To read standard output here is to wait for the child, which waits until its standard error is read.
    let in_time = wait_at_most(&mut child, patience)?;
    // No more than the bytes: the child keeps the pipe open until its end.
    io::copy(&mut child.stderr.take().expect("is a pipe").take(bytes as u64), &mut io::sink())?;
    io::copy(&mut child.stdout.take().expect("is a pipe"), &mut io::sink())?;
    Ok((in_time, child.wait()?.into()))
}

/// Shows the three ways, a capture of more than a pipe holds, and the deadlock.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We start a child three times, each time with another standard output.")?;
    writeln!(out, "  Expected: it leads to us, to where our own output leads, or nowhere.")?;
    let ours = fs::read_link("/proc/self/fd/1")?;
    let piped = leads_to(Stdio::piped())?;
    claim(piped.to_string_lossy().starts_with("pipe:"), format_args!("a piped output leads to {}", piped.display()))?;
    writeln!(out, "    piped      to us, through a pipe")?;
    let inherited = leads_to(Stdio::inherit())?;
    claim(inherited == ours, format_args!("our output is {}, the child's {}", ours.display(), inherited.display()))?;
    writeln!(out, "    inherited  where ours leads")?;
    let null = leads_to(Stdio::null())?;
    claim(null == Path::new("/dev/null"), format_args!("an ignored output leads to {}", null.display()))?;
    writeln!(out, "    null       /dev/null, which throws it away")?;

    writeln!(out, "  Then a child writes 256 KiB to stderr, then to stdout. A pipe holds 64 KiB.")?;
    writeln!(out, "  Expected: all arrives if we read both; if stdout is read first, a deadlock.")?;
    const BYTES: usize = 256 << 10; // see pipe(7)
    let output = capture(BYTES)?;
    writeln!(out, "    both read     {} + {} bytes", output.stderr.len(), output.stdout.len())?;
    claim(output.stderr.len() == BYTES && output.stdout.len() == BYTES, "bytes were lost")?;
    let (in_time, after_reading) = capture_stdout_first(BYTES, Duration::from_millis(100))?;
    claim(in_time.is_none(), format_args!("with a full pipe the child ended: {in_time:?}"))?;
    writeln!(out, "    stdout first  deadlock for 100 ms: the child waits for room in stderr,")?;
    writeln!(out, "                  we wait for stdout. We read stderr: it {after_reading}")?;
    claim(after_reading == End::Exited(0), format_args!("the child {after_reading}"))?;
    writeln!(out, "  Node's exec reads both streams. If you read one, read the other, too.")?;
    Ok(())
}
