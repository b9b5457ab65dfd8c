//! Three changes that a thread can make to its whole process, and for which Rust has no safe function.

use std::env;
use std::io;

use nix::libc;
use nix::sys::signal::{SigHandler, Signal, signal};

/// Sets the bits that a new file does not get (umask(2)).
pub(super) fn set_umask(mask: libc::mode_t) {
    // SAFETY: umask accepts any number and cannot fail.
    unsafe { libc::umask(mask) };
}

/// Sets a variable of the environment. Call it while no other thread runs that reads the environment.
pub(super) fn set_variable(name: &str, value: &str) {
    // SAFETY: the only other thread of the process waits to join this one.
    unsafe { env::set_var(name, value) };
}

/// Sets a handler for `SIGUSR1` that does nothing.
pub(super) fn catch_sigusr1() -> io::Result<()> {
    extern "C" fn do_nothing(_: libc::c_int) {}
    // SAFETY: the handler does nothing, so it may run at any moment.
    unsafe { signal(Signal::SIGUSR1, SigHandler::Handler(do_nothing)) }?;
    Ok(())
}
