//! Fails: the ends come in the order of death, not of start
//!
//! It waits for one child after another, as the lesson `reap` does.

use std::{fs, io};

use nix::errno::Errno;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;

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
    let children = fs::read_to_string("/proc/thread-self/children")?;
    let mut ends = Vec::new();
    for pid in children.split_whitespace().filter_map(|pid| pid.parse().ok()) {
        loop {
            match waitpid(Pid::from_raw(pid), None) {
                Ok(WaitStatus::Exited(pid, code)) => ends.push((pid.as_raw(), End::Code(code))),
                Ok(WaitStatus::Signaled(pid, signal, _)) => ends.push((pid.as_raw(), End::Signal(signal as i32))),
                Ok(_) | Err(Errno::EINTR) => continue,
                Err(error) => return Err(error.into()),
            }
            break;
        }
    }
    Ok(ends)
}
