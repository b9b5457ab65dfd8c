//! Three changes to a process that are unsafe to make where other threads might look.

use std::env;
use std::io;

use nix::libc::{c_int, mode_t, umask};
use nix::sys::signal::{SigHandler, Signal, signal};

/// Sets an environment variable.
///
/// # Safety
/// No other thread may read or write the environment meanwhile (`std::env::set_var`).
pub unsafe fn set_variable(name: &str, value: &str) {
    // SAFETY: the caller's promise.
    unsafe { env::set_var(name, value) };
}

/// Sets which permissions a new file is denied (umask(2)).
pub fn set_umask(mask: mode_t) {
    // SAFETY: umask takes any number and cannot fail.
    unsafe { umask(mask) };
}

/// From now on the signal is caught, and nothing more (sigaction(2)).
///
/// # Errors
/// `EINVAL` for `SIGKILL` and `SIGSTOP`, which nobody can catch.
pub fn catch(of: Signal) -> io::Result<()> {
    extern "C" fn nothing(_: c_int) {}
    // SAFETY: the handler does nothing, so it may run at any moment.
    unsafe { signal(of, SigHandler::Handler(nothing)) }?;
    Ok(())
}
