//! Fails: no zombie is left when it returns
//!
//! It looks at each end (WNOWAIT) and forgets to collect the last one.

use std::{fs, io};

use nix::errno::Errno;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It exited with this code.
    Code(i32),
    /// It was killed by the signal with this number (`signal as i32`).
    Signal(i32),
}

/// Reaps every child of this process but the last: each one's pid and how it ended, in the order of their deaths.
pub fn reap_all() -> io::Result<Vec<(i32, End)>> {
    let mut left = fs::read_to_string("/proc/thread-self/children")?.split_whitespace().count();
    let mut ends = Vec::new();
    while left > 0 {
        let pid = match waitid(Id::All, WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) {
            Ok(WaitStatus::Exited(pid, code)) => {
                ends.push((pid.as_raw(), End::Code(code)));
                pid
            }
            Ok(WaitStatus::Signaled(pid, signal, _)) => {
                ends.push((pid.as_raw(), End::Signal(signal as i32)));
                pid
            }
            Ok(_) | Err(Errno::EINTR) => continue,
            Err(error) => return Err(error.into()),
        };
        left -= 1;
        if left > 0 {
            waitpid(pid, None)?;
        }
    }
    Ok(ends)
}
