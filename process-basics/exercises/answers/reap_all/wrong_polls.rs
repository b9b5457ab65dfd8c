//! Fails: it sleeps while no child ends
//!
//! All ends are right, but it asks every millisecond instead of sleeping in the kernel.

use std::io;
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};

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
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, code)) => ends.push((pid.as_raw(), End::Code(code))),
            Ok(WaitStatus::Signaled(pid, signal, _)) => ends.push((pid.as_raw(), End::Signal(signal as i32))),
            Ok(WaitStatus::StillAlive) => thread::sleep(Duration::from_millis(1)),
            Ok(_) | Err(Errno::EINTR) => continue,
            Err(Errno::ECHILD) => return Ok(ends),
            Err(error) => return Err(error.into()),
        }
    }
}
