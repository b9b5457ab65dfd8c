//! Runs a child process that cannot keep us waiting: at a deadline it is killed. If we end first, the kernel kills it
//! (see `own_program`).

use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a child may take for what it does at once on an idle machine: it is long, for machines are busy.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Runs a child to its end: what it printed on its standard output, and how it ended. Its input and its errors are
/// `/dev/null`.
///
/// # Errors
/// Those of starting a process; `TimedOut` when it did not end within `deadline`, and was killed.
pub fn run(command: &mut Command, deadline: Duration) -> io::Result<(String, ExitStatus)> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let start = Instant::now();
    // It prints less than a pipe holds, so it never waits for us to read.
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if start.elapsed() > deadline {
            child.kill()?;
            child.wait()?;
            let late = format!("the child process did not end within {deadline:?}");
            return Err(io::Error::new(io::ErrorKind::TimedOut, late));
        }
        thread::sleep(Duration::from_millis(1)); // and look again: std has no wait with a timeout
    };
    let mut printed = String::new();
    child.stdout.take().expect("a pipe, see above").read_to_string(&mut printed)?;
    Ok((printed, status))
}

/// The error for a child that did not do what every child in its role does.
pub(crate) fn unexpected(printed: &str, status: ExitStatus) -> io::Error {
    let what = format!("the child process ended with {status} and printed '{}'", printed.trim());
    io::Error::new(io::ErrorKind::InvalidData, what)
}
