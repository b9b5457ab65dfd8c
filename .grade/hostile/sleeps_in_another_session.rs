//! Verdict: passed
//!
//! A right answer that leaves a process in a session of another name, which holds its output open for a minute.

use std::io;
use std::process::Command;

use nix::errno::Errno;
use nix::sys::wait::{WaitStatus, wait};

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It exited with this code.
    Code(i32),
    /// It was killed by the signal with this number.
    Signal(i32),
}

/// Leaves a process behind, then reaps as it should.
pub fn reap_all() -> io::Result<Vec<(i32, End)>> {
    Command::new("setsid").args(["--fork", "sleep", "60"]).status()?;
    let mut ends = Vec::new();
    loop {
        match wait() {
            Ok(WaitStatus::Exited(pid, code)) => ends.push((pid.as_raw(), End::Code(code))),
            Ok(WaitStatus::Signaled(pid, signal, _)) => ends.push((pid.as_raw(), End::Signal(signal as i32))),
            Ok(_) | Err(Errno::EINTR) => continue,
            Err(Errno::ECHILD) => return Ok(ends),
            Err(error) => return Err(error.into()),
        }
    }
}
