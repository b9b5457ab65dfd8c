//! Fails: when an end is reported, that child is reaped
//!
//! It looks at each end (WNOWAIT) and never reaps the child: a zombie for each crash.

use std::io;
use std::process::Command;

use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;

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
        let pid = Pid::from_raw(command.spawn()?.id() as i32);
        let end = match waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) {
            Ok(WaitStatus::Exited(_, code)) => End::Code(code),
            Ok(WaitStatus::Signaled(_, signal, _)) => End::Signal(signal as i32),
            Ok(_) => unreachable!("it waits for an end only"),
            Err(error) => return Err(Error::System(error.into())),
        };
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
