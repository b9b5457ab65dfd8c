//! Fails: it is restarted after each crash until it exits with code 0
//!
//! A killed child has no code, and it takes the missing code for 0.

use std::io;
use std::process::Command;

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
        let code = command.status()?.code().unwrap_or(0);
        report(End::Code(code));
        if code == 0 {
            return Ok(());
        }
        if restarts_left == 0 {
            return Err(Error::Crashed(End::Code(code)));
        }
        restarts_left -= 1;
    }
}
