//! Errors that pass: the system has no process, descriptor or memory left for now.

use std::io;

use nix::libc;

/// With this exit code a worker reports a shortage: "try again later" (`EX_TEMPFAIL`, sysexits.h).
pub(crate) const EXIT_SHORTAGE: i32 = 75;

/// Whether an error is one of these.
pub(crate) fn is_shortage(error: &io::Error) -> bool {
    let errors = [libc::EAGAIN, libc::EMFILE, libc::ENFILE, libc::ENOMEM, libc::ENOBUFS, libc::ENOSPC];
    error.raw_os_error().is_some_and(|number| errors.contains(&number))
}
