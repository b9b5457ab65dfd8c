//! pthread_create(3) and pthread_join(3), called as C does; and a program in which Rust does no more than they.

use std::ffi::c_void;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::ptr;

use nix::libc;
use nix::sys::signal::{SigHandler, Signal, signal};

extern "C" fn nothing(_: *mut c_void) -> *mut c_void {
    ptr::null_mut()
}

/// Starts a thread that does nothing, and joins it.
pub(crate) fn create_and_join() -> io::Result<()> {
    let mut thread = 0;
    // SAFETY: default attributes; the function takes and returns nothing.
    let failed = unsafe { libc::pthread_create(&mut thread, ptr::null(), nothing, ptr::null_mut()) };
    if failed != 0 {
        return Err(io::Error::from_raw_os_error(failed));
    }
    // SAFETY: the thread was just created, and is joined once.
    match unsafe { libc::pthread_join(thread, ptr::null_mut()) } {
        0 => Ok(()),
        failed => Err(io::Error::from_raw_os_error(failed)),
    }
}

/// Has the program start with `SIGSEGV` and `SIGBUS` ignored. A real fault ends it all the same (signal(7)).
pub(crate) fn ignore_faults(command: &mut Command) {
    let ignore = || {
        for fault in [Signal::SIGSEGV, Signal::SIGBUS] {
            // SAFETY: no handler is installed that could run at the wrong moment.
            unsafe { signal(fault, SigHandler::SigIgn) }?;
        }
        Ok(())
    };
    // SAFETY: after the fork it calls nothing but sigaction(2), which a signal handler, too, might call.
    unsafe { command.pre_exec(ignore) };
}
