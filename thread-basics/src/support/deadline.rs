//! A child process that cannot be left behind, and that cannot keep us waiting.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a child may take for what it does at once on an idle machine: it is long, for machines are busy.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A child process. Dropped, it is killed and collected.
#[derive(Debug)]
pub(crate) struct Guard(pub(crate) Child);

impl Guard {
    /// Starts the child. We can read its standard output; its input and its errors are `/dev/null`.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map(Self)
    }

    /// What the child printed, and how it ended. It prints less than a pipe holds, so it does not wait for us to read.
    pub(crate) fn output(mut self) -> io::Result<(String, ExitStatus)> {
        let start = Instant::now();
        let status = loop {
            match self.0.try_wait()? {
                Some(status) => break status,
                None if start.elapsed() > DEADLINE => return Err(late()),
                None => thread::sleep(Duration::from_millis(1)),
            }
        };
        let mut printed = String::new();
        self.0.stdout.take().expect("a pipe, see start").read_to_string(&mut printed)?;
        Ok((printed, status))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a child to its end, which must come within [`DEADLINE`]: what it printed, and how it ended.
///
/// # Errors
/// Those of starting a process; `TimedOut` when it did not end, and was killed.
pub fn run(command: &mut Command) -> io::Result<(String, ExitStatus)> {
    Guard::start(command)?.output()
}

/// The error for a child that went on for too long.
pub(crate) fn late() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, format!("the child process did not end within {DEADLINE:?}"))
}

/// The error for a child that did not do what every child in its role does first.
pub(crate) fn unexpected(printed: &str, status: ExitStatus) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the child process ({status}) printed {printed:?}"))
}
