//! Reap all children of this process, in the order in which they die. (10 minutes)
//!
//! A parent has started several children. They end whenever they like. Write the function that collects every end and
//! returns when no child is left: what a shell's `wait` does, and what Node.js does for you behind each `exit` event.
//!
//! - The result has one entry per child, in the order in which the children died, not in which they were started.
//! - A child that exited has a code. A child that was killed has a signal instead. It never has both.
//! - When the function returns, no zombie is left. Without any child it returns an empty list.
//! - While no child ends, the function sleeps in the kernel. It does not ask again and again.
//! - A signal handler that runs meanwhile interrupts the system call (EINTR). That is not the end of a child.
//!
//! What to know: `nix::sys::wait::wait()` sleeps until any child ends, reaps it, and returns a `WaitStatus`, of which
//! `Exited(pid, code)` and `Signaled(pid, signal, core_dumped)` matter here. Its errors are `nix::errno::Errno`:
//! `ECHILD` means that this process has no child left, `EINTR` that a signal handler ran: wait again. Any other error is
//! returned; `.into()` makes an `io::Error` of it. `pid.as_raw()` is the number of a pid. The lesson `reap` of this chapter
//! waits for one known child; here you wait for any.
//!
//! Check it with: cargo grade process-basics reap_all

use std::io;

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
    todo!("wait for any child until there is none")
}
