//! Changes to a process that only a call outside Rust's rules can make.

use std::io;

use nix::libc::{c_int, mode_t, umask};
use nix::sys::signal::{SigHandler, Signal, signal};

/// Sets which permissions a new file is denied (umask(2)).
pub fn set_umask(mask: mode_t) {
    // SAFETY: umask takes any number and cannot fail.
    unsafe { umask(mask) };
}

/// From now on the signal does nothing (sigaction(2)).
///
/// # Errors
/// `EINVAL` for `SIGKILL` and `SIGSTOP`, which nobody can ignore or catch; so for [`catch`].
pub fn ignore(of: Signal) -> io::Result<()> {
    // SAFETY: no handler is installed that could run at the wrong moment.
    unsafe { signal(of, SigHandler::SigIgn) }?;
    Ok(())
}

/// From now on the signal is caught, and nothing more.
pub fn catch(of: Signal) -> io::Result<()> {
    extern "C" fn nothing(_: c_int) {}
    // SAFETY: the handler does nothing, so it may run at any moment.
    unsafe { signal(of, SigHandler::Handler(nothing)) }?;
    Ok(())
}
