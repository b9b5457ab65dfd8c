//! Waiting for a child with a deadline: a descriptor for the process, which `poll(2)` can watch.

use std::io;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};
use std::process::Child;
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::spawn::End;

/// Waits for the child's end, at most `patience` (rounded up to a millisecond); `None` when it still runs.
///
/// # Errors
/// Those of pidfd_open(2) (`ENOSYS` before Linux 5.3), poll(2) and waitpid(2); `InvalidInput` for a patience of more
/// than 24 days.
pub fn wait_at_most(child: &mut Child, patience: Duration) -> io::Result<Option<End>> {
    let process = open(child)?;
    let timeout = PollTimeout::try_from(patience).map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
    loop {
        match poll(&mut [PollFd::new(process.as_fd(), PollFlags::POLLIN)], timeout) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(child.wait()?.into())),
            Err(Errno::EINTR) => continue,
            Err(error) => return Err(error.into()),
        }
    }
}

fn open(child: &Child) -> io::Result<OwnedFd> {
    // SAFETY: pidfd_open(2) takes two integers. The pid is our child's: until it was waited for, nobody else's.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, child.id(), 0) };
    let fd = Errno::result(fd)?;
    // SAFETY: the kernel just made this descriptor for us; nobody else closes it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}
