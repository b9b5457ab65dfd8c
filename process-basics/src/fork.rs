//! fork(2): a copy of this process that runs a closure and ends.

use std::fs;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, getppid};

use crate::support::deadline::{DEADLINE, has_ended, timed_out};
use crate::support::end::End;

/// The exit code of a forked child whose closure panicked: the one Rust's runtime uses.
pub const PANICKED: i32 = 101;

/// A forked child. Dropped before it was waited for, it is killed and reaped: no child is left behind.
#[derive(Debug)]
pub struct Forked {
    pid: Option<Pid>,
}

/// Forks; the child runs `body`, ends with the code that it returns, and never goes on with the parent's code.
///
/// The child has one thread, the caller, but every lock is copied as it was: one that another thread held would never
/// be unlocked. So this is refused in a process with more than one thread. The child gets `SIGKILL` when its parent
/// ends. It must not print: what the parent had buffered would appear twice.
///
/// # Errors
/// `Unsupported` where the process has other threads; else fork's own (`EAGAIN` at the limit of processes).
pub fn fork(body: impl FnOnce() -> i32) -> io::Result<Forked> {
    if !becomes_single_threaded()? {
        let why = "fork copies one thread and every lock: call it before other threads are started";
        return Err(io::Error::new(io::ErrorKind::Unsupported, why));
    }
    let parent = Pid::this();
    // SAFETY: there is no other thread (just checked), so no lock or heap is caught half way through a change.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Parent { child } => Ok(Forked { pid: Some(child) }),
        ForkResult::Child => {
            let code = panic::catch_unwind(AssertUnwindSafe(|| {
                die_with(parent);
                body()
            }));
            exit_now(code.unwrap_or(PANICKED))
        }
    }
}

impl Forked {
    /// A process that this one has adopted.
    pub(crate) fn adopted(pid: i32) -> Self {
        Self { pid: Some(Pid::from_raw(pid)) }
    }

    /// The child's process id.
    pub fn pid(&self) -> i32 {
        self.pid.expect("a child has its pid until it was waited for").as_raw()
    }

    /// Whether the child has ended.
    ///
    /// # Errors
    /// Those of pidfd_open(2) and poll(2).
    pub fn has_ended(&self) -> io::Result<bool> {
        has_ended(self.pid(), Duration::ZERO)
    }

    /// Waits for the child's end and reaps it.
    ///
    /// # Errors
    /// Those of pidfd_open(2) and waitpid(2); `TimedOut` when it has not ended within [`DEADLINE`]: then it is killed.
    pub fn wait(mut self) -> io::Result<End> {
        let end = reap(self.pid.expect("a child has its pid until it was waited for"))?;
        self.pid = None;
        Ok(end)
    }
}

impl Drop for Forked {
    fn drop(&mut self) {
        if let Some(pid) = self.pid.take() {
            let _ = kill(pid, Signal::SIGKILL);
            let _ = reap(pid);
        }
    }
}

/// Asks the kernel to kill this process when its parent ends (`PR_SET_PDEATHSIG`, prctl(2)). The parent may have
/// ended before this request: then this process ends here, with exit code 1.
pub fn die_with(parent: Pid) {
    if prctl::set_pdeathsig(Signal::SIGKILL).is_err() || getppid() != parent {
        exit_now(1);
    }
}

/// Waits for a child's end, at most [`DEADLINE`], and removes it from the process table (waitpid(2)).
pub(crate) fn reap(pid: Pid) -> io::Result<End> {
    if !has_ended(pid.as_raw(), DEADLINE)? {
        return Err(timed_out());
    }
    match waitpid(pid, None)? {
        WaitStatus::Exited(_, code) => Ok(End::Exited(code)),
        WaitStatus::Signaled(_, signal, _) => Ok(End::Signaled(signal as i32)),
        other => Err(io::Error::other(format!("waitpid returned {other:?}"))),
    }
}

/// Whether this process has one thread. One that was joined a moment ago may still be on its way out of the kernel:
/// it is given time to leave.
///
/// `unshare(2)` accepts `CLONE_THREAD` from a process with one thread only, and then does nothing: the cheapest way
/// to ask. Some sandboxes forbid the call; there the threads are counted in `/proc`.
///
/// # Errors
/// Those of reading `/proc`, where the kernel cannot be asked otherwise.
pub fn becomes_single_threaded() -> io::Result<bool> {
    const TIME_TO_LEAVE: Duration = Duration::from_millis(100);
    let start = Instant::now();
    loop {
        let is_single = match unshare(CloneFlags::CLONE_THREAD) {
            Err(Errno::EINVAL) => false,
            Err(_) => fs::read_dir("/proc/self/task")?.count() == 1,
            Ok(()) => true,
        };
        if is_single || start.elapsed() > TIME_TO_LEAVE {
            return Ok(is_single);
        }
        thread::yield_now();
    }
}

/// Ends the process at once: no destructor, no `atexit` handler, no buffer written a second time.
fn exit_now(code: i32) -> ! {
    // SAFETY: _exit(2) takes any code and does not return.
    unsafe { libc::_exit(code) }
}
