//! Waiting for a child with a deadline: a descriptor for the process, which poll(2) can watch.

use std::io;
use std::os::fd::{FromRawFd, OwnedFd};
use std::process::Child;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;

use super::deadline::wait_for_data;
use crate::spawn::End;

/// Waits for the child's end, at most `patience`; `None` when it still runs.
///
/// # Errors
/// Those of pidfd_open(2) (`ENOSYS` before Linux 5.3), poll(2) and waitpid(2); `InvalidInput` for a patience of more
/// than 24 days.
pub fn wait_at_most(child: &mut Child, patience: Duration) -> io::Result<Option<End>> {
    let process = open(child)?;
    match wait_for_data(&process, Instant::now() + patience) {
        Ok(()) => Ok(Some(child.wait()?.into())),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(None),
        Err(error) => Err(error),
    }
}

fn open(child: &Child) -> io::Result<OwnedFd> {
    // SAFETY: pidfd_open(2) takes two integers. The pid is our child's: until it was waited for, nobody else's.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, child.id(), 0) };
    let fd = Errno::result(fd)?;
    // SAFETY: the kernel just made this descriptor for us; nobody else closes it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}
