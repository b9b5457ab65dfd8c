//! Fails: a killed child is reported with its signal, not with a code
//!
//! The code that a shell would show (128 and the signal) is no exit code of the child.

use std::io;

use nix::errno::Errno;
use nix::sys::wait::{WaitStatus, wait};

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It exited with this code.
    Code(i32),
    /// It was killed by the signal with this number (`signal as i32`).
    Signal(i32),
}

/// Reaps every child of this process: each one's pid and how it ended, in the order of their deaths.
pub fn reap_all() -> io::Result<Vec<(i32, End)>> {
    let mut ends = Vec::new();
    loop {
        match wait() {
            Ok(WaitStatus::Exited(pid, code)) => ends.push((pid.as_raw(), End::Code(code))),
            Ok(WaitStatus::Signaled(pid, signal, _)) => ends.push((pid.as_raw(), End::Code(128 + signal as i32))),
            Ok(_) | Err(Errno::EINTR) => continue,
            Err(Errno::ECHILD) => return Ok(ends),
            Err(error) => return Err(error.into()),
        }
    }
}
