//! Fails: it sleeps while the program runs
//!
//! All ends are right, but it asks every millisecond instead of sleeping in the kernel.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};
use std::thread;
use std::time::Duration;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The program exited with this code.
    Code(i32),
    /// It was killed by the signal with this number.
    Signal(i32),
}

/// Why the supervisor gave up.
#[derive(Debug)]
pub enum Error {
    /// No restart was left: how the last run ended.
    Crashed(End),
    /// The program could not be started, or not be waited for.
    System(io::Error),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::System(error)
    }
}

/// Runs the command until it exits with code 0; after a crash again, at most `restarts` times. Reports every end.
pub fn supervise(command: &mut Command, restarts: usize, report: &mut dyn FnMut(End)) -> Result<(), Error> {
    let mut restarts_left = restarts;
    loop {
        let mut child = command.spawn()?;
        let status = loop {
            match child.try_wait()? {
                Some(status) => break status,
                None => thread::sleep(Duration::from_millis(1)),
            }
        };
        let end = end_of(status);
        report(end);
        if end == End::Code(0) {
            return Ok(());
        }
        if restarts_left == 0 {
            return Err(Error::Crashed(end));
        }
        restarts_left -= 1;
    }
}

/// How a child ended.
fn end_of(status: ExitStatus) -> End {
    match status.code() {
        Some(code) => End::Code(code),
        None => End::Signal(status.signal().expect("without a code there is a signal")),
    }
}
