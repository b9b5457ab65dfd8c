//! Waiting with a deadline: for a process to end, or for data from a child that may send nothing. Both are a
//! descriptor that poll(2) can watch.

use std::io::{self, Read};
use std::os::fd::{AsFd, FromRawFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// How long a child may take for what it does at once on an idle machine: it is long, for machines are busy.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// Whether a process ends within `patience`. It is not reaped.
///
/// # Errors
/// Those of pidfd_open(2) (`ENOSYS` before Linux 5.3, `ESRCH` when there is no such process) and of poll(2).
pub fn has_ended(pid: i32, patience: Duration) -> io::Result<bool> {
    // SAFETY: pidfd_open(2) takes two integers.
    let fd = Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })?;
    // SAFETY: the kernel just made this descriptor for us; nobody else closes it.
    let process = unsafe { OwnedFd::from_raw_fd(fd as i32) };
    wait_for_data(&[&process], Instant::now() + patience)
}

/// Reads up to the end of the line, or to the end of the data: what was read, without the line feed. Not a byte more
/// is read, so the next call goes on with the next line.
///
/// # Errors
/// `TimedOut` when the line is not complete within [`DEADLINE`]; else those of poll(2) and read(2).
pub fn read_line(from: &mut (impl Read + AsFd)) -> io::Result<String> {
    let deadline = Instant::now() + DEADLINE;
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        if !wait_for_data(&[&*from], deadline)? {
            return Err(timed_out());
        }
        if from.read(&mut byte)? == 0 || byte == *b"\n" {
            return Ok(String::from_utf8_lossy(&line).into_owned());
        }
        line.push(byte[0]);
    }
}

/// Waits until one of them has data or nobody can send any more; `false` when neither is so at the deadline.
pub(crate) fn wait_for_data(sources: &[impl AsFd], deadline: Instant) -> io::Result<bool> {
    let mut watched: Vec<PollFd> =
        sources.iter().map(|source| PollFd::new(source.as_fd(), PollFlags::POLLIN)).collect();
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = PollTimeout::try_from(left.as_micros().div_ceil(1000)).unwrap_or(PollTimeout::MAX);
        match poll(&mut watched, timeout) {
            Err(Errno::EINTR) => continue,
            ready => return Ok(ready? > 0),
        }
    }
}

/// The error of an operation whose deadline has passed.
pub(crate) fn timed_out() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, format!("the child took longer than {DEADLINE:?}"))
}
