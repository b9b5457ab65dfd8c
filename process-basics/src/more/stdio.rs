//! A child writes to two pipes. A parent that reads only one of them comes to a deadlock.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::cli::claim;
use crate::support::deadline::{DEADLINE, timed_out, wait_for_data};
use crate::support::end::End;
use crate::support::guard::Guard;

/// A child that writes `bytes` to its standard error and then `bytes` to its standard output.
struct Writer {
    child: Guard,
    stdout: File,
    stderr: File,
}

impl Writer {
    fn start(bytes: usize) -> io::Result<Self> {
        let mut shell = Command::new("sh");
        shell.args(["-c", "head -c $0 /dev/zero >&2 && head -c $0 /dev/zero", &bytes.to_string()]);
        shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = Guard::start(&mut shell)?;
        let stdout = OwnedFd::from(child.stdout.take().expect("is a pipe"));
        let stderr = OwnedFd::from(child.stderr.take().expect("is a pipe"));
        Ok(Self { child, stdout: stdout.into(), stderr: stderr.into() })
    }

    /// Reads whichever pipe has data, so neither stays full: how many bytes came, and how the child ended.
    fn read_both(mut self) -> io::Result<(usize, End)> {
        let deadline = Instant::now() + DEADLINE;
        let mut open = vec![self.stdout, self.stderr];
        let mut buffer = vec![0; 64 << 10];
        let mut received = 0;
        while !open.is_empty() {
            if !wait_for_data(&open, deadline)? {
                return Err(timed_out());
            }
            let ready = if wait_for_data(&open[..1], Instant::now())? { 0 } else { 1 };
            match open[ready].read(&mut buffer)? {
                0 => drop(open.remove(ready)), // the child has closed it
                count => received += count,
            }
        }
        Ok((received, self.child.end()?))
    }
}

/// Captures `bytes` of each of a child's two streams: how many came in all, and how the child ended.
///
/// # Errors
/// Those of starting `sh` and of reading; `TimedOut` at the deadline.
pub fn capture(bytes: usize) -> io::Result<(usize, End)> {
    Writer::start(bytes)?.read_both()
}

/// The same with a mistake: it reads standard output first. Whether anything came within `patience`, and how the child
/// ended once both streams were read.
///
/// # Errors
/// As [`capture`].
pub fn capture_stdout_first(bytes: usize, patience: Duration) -> io::Result<(bool, End)> {
    let writer = Writer::start(bytes)?;
    let came = wait_for_data(&[&writer.stdout], Instant::now() + patience)?;
    Ok((came, writer.read_both()?.1))
}

/// Shows a capture of more than a pipe holds, and the deadlock.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    const BYTES: usize = 256 << 10;
    writeln!(out, "  A child writes 256 KiB to stderr, then 256 KiB to stdout; we read both")?;
    writeln!(out, "  through pipes. A pipe holds 64 KiB: when it is full, the child waits.")?;
    writeln!(out, "  Expected: all arrives if we read both at once; if we read stdout first, a")?;
    writeln!(out, "  deadlock: the child waits for room in stderr, and we wait for stdout.")?;
    let (received, end) = capture(BYTES)?;
    writeln!(out, "    both at once   {} KiB arrived; the child {end}", received >> 10)?;
    anyhow::ensure!(end == End::Exited(0), "the shell could not do its work: it {end}");
    claim(received == 2 * BYTES, format_args!("{received} bytes arrived"))?;
    let (came, end) = capture_stdout_first(BYTES, Duration::from_millis(100))?;
    claim(!came, "the child wrote to stdout while its stderr was full")?;
    writeln!(out, "    stdout first   nothing came in 100 ms\n    then both      the child {end}")?;
    claim(end == End::Exited(0), format_args!("the child {end}"))?;
    writeln!(out, "  Node's exec reads both streams. If you read one, read the other, too.")?;
    Ok(())
}
