//! Puts back what a parent may have left otherwise than a program expects it.

use std::env;

use nix::libc;
use nix::sys::signal::SigSet;

/// Resets ignored and blocked signals, inherited descriptors, the umask, and a working folder that was deleted. To be
/// called first in `main`, before a descriptor is opened or a thread is started.
pub fn reset() {
    for signal in 1..=64 {
        if signal != libc::SIGPIPE && is_ignored(signal) {
            // SAFETY: the default action of a signal runs no code of ours.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
    }
    let _ = SigSet::empty().thread_set_mask();
    // SAFETY: umask takes any number and cannot fail.
    unsafe { libc::umask(0o022) };
    // SAFETY: nothing of this program has opened a descriptor yet. Before Linux 5.9 this does nothing.
    unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) };
    if env::current_dir().is_err() {
        let _ = env::set_current_dir("/");
    }
}

/// Rust's runtime has SIGPIPE ignored itself, which the callers of this leave as it is.
fn is_ignored(signal: libc::c_int) -> bool {
    // SAFETY: all its fields may be zero.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: without a new action this only reads the present one, into our variable.
    let failed = unsafe { libc::sigaction(signal, std::ptr::null(), &mut action) };
    failed == 0 && action.sa_sigaction == libc::SIG_IGN
}
