//! What a signal does to this process (sigaction(2)).

use std::io;

use nix::libc::c_int;
use nix::sys::signal::{SigHandler, Signal, signal};

/// From now on the signal does nothing.
///
/// # Errors
/// `EINVAL` for `SIGKILL` and `SIGSTOP`, which nobody can ignore.
pub fn ignore(of: Signal) -> io::Result<()> {
    // SAFETY: no handler is installed that could run at the wrong moment.
    unsafe { signal(of, SigHandler::SigIgn) }?;
    Ok(())
}

/// From now on the signal is caught, and nothing more.
///
/// # Errors
/// `EINVAL` for `SIGKILL` and `SIGSTOP`, which nobody can catch.
pub fn catch(of: Signal) -> io::Result<()> {
    extern "C" fn nothing(_: c_int) {}
    // SAFETY: the handler does nothing, so it may run at any moment.
    unsafe { signal(of, SigHandler::Handler(nothing)) }?;
    Ok(())
}
