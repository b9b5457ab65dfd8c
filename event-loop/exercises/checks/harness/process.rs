//! Children for a check: a fork of this process, which has a single thread.

use std::panic::{self, AssertUnwindSafe};

use nix::errno::Errno;
use nix::libc;
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use super::{Failure, setup};

/// Forks a child that runs the closure and ends with its result as the exit code (101 after a panic). It is killed when
/// this process ends.
pub fn fork(child: impl FnOnce() -> i32) -> Result<Pid, Failure> {
    // SAFETY: a check's process has one thread until the answer starts more, so no lock is held by a thread that the
    // child does not have.
    let pid = setup(Errno::result(unsafe { libc::fork() }))?;
    if pid > 0 {
        return Ok(Pid::from_raw(pid));
    }
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
    let code = panic::catch_unwind(AssertUnwindSafe(child)).unwrap_or(101);
    // SAFETY: _exit only ends the process; nothing of the parent's (buffers, destructors) runs a second time.
    unsafe { libc::_exit(code) }
}
