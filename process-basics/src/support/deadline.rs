//! Reading from a child that may say nothing: poll(2) with a deadline before each byte.

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// How long a child may take for what it does at once on an idle machine: it is long, for machines are busy.
pub const DEADLINE: Duration = Duration::from_secs(10);

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
        wait_for_data(from, deadline)?;
        if from.read(&mut byte)? == 0 || byte == *b"\n" {
            return Ok(String::from_utf8_lossy(&line).into_owned());
        }
        line.push(byte[0]);
    }
}

/// Waits until there is data, or until nobody can send any more.
pub(crate) fn wait_for_data(from: &impl AsFd, deadline: Instant) -> io::Result<()> {
    let mut watched = [PollFd::new(from.as_fd(), PollFlags::POLLIN)];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let milliseconds = PollTimeout::try_from(left.as_micros().div_ceil(1000))
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        match poll(&mut watched, milliseconds) {
            Ok(0) => return Err(io::Error::new(io::ErrorKind::TimedOut, "the child did not answer in time")),
            Ok(_) => return Ok(()),
            Err(Errno::EINTR) => continue,
            Err(error) => return Err(error.into()),
        }
    }
}
