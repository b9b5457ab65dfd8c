//! What a program may have inherited from its parent, set back to what its code expects. The same file in every chapter.
//!
//! Ignored signals, the signal mask, open descriptors, the umask and the working folder all pass through `exec`
//! (execve(2), signal(7)). A shell, a supervisor or a test may have left any of them in an unusual state.

use std::env;
use std::mem::MaybeUninit;
use std::ptr;

use nix::libc;
use nix::sys::signal::{SigHandler, SigSet, Signal, signal};

/// Resets what was inherited. Call it first in `main`, while there is a single thread. A child that the program
/// started itself (`is_child`) keeps its descriptors: its parent chose them.
pub fn reset(is_child: bool) {
    reset_signals();
    if !is_child {
        close_descriptors();
    }
    // New files and sockets belong to this user alone, and that user can open them.
    // SAFETY: umask(2) only replaces a number in the kernel, and cannot fail.
    unsafe { libc::umask(0o077) };
    if env::current_dir().is_err() {
        let _ = env::set_current_dir("/"); // the folder we were started in was deleted
    }
}

/// Resets signals alone: none is ignored, and none is blocked. Call it while there is a single thread.
pub fn reset_signals() {
    Signal::iterator().filter(|&one| may_be_reset(one)).for_each(stop_ignoring);
    let _ = SigSet::empty().thread_set_mask(); // fails only for invalid arguments
}

/// SIGKILL and SIGSTOP cannot be changed. Rust itself ignores SIGPIPE, so that a write returns an error instead.
/// `nohup` ignores SIGHUP, and means it: a program that needs it says so by [`stop_ignoring`].
fn may_be_reset(one: Signal) -> bool {
    !matches!(one, Signal::SIGKILL | Signal::SIGSTOP | Signal::SIGPIPE | Signal::SIGHUP)
}

/// Sets a signal that is ignored to its default. While SIGCHLD is ignored, for instance, the kernel reaps children by
/// itself, and `waitpid` fails with ECHILD. Only an ignored signal is changed: Rust's runtime has a handler for SIGSEGV,
/// which reports a stack overflow.
pub fn stop_ignoring(one: Signal) {
    if is_ignored(one) {
        // SAFETY: the default disposition runs no code of this program.
        let _ = unsafe { signal(one, SigHandler::SigDfl) };
    }
}

/// Whether this process ignores a signal.
pub fn is_ignored(one: Signal) -> bool {
    let mut now = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a null pointer changes nothing, and `now` has room for the answer.
    let asked = unsafe { libc::sigaction(one as libc::c_int, ptr::null(), now.as_mut_ptr()) };
    // SAFETY: all bits zero is a valid `sigaction`, whether the call filled it or not.
    let now = unsafe { now.assume_init() };
    asked == 0 && now.sa_sigaction == libc::SIG_IGN
}

fn close_descriptors() {
    // SAFETY: at the start of `main` nothing in this program owns a descriptor above 2.
    unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) };
}
