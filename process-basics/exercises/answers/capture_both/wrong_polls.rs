//! Fails: it sleeps while the program neither prints nor ends
//!
//! The result is right, but it looks every millisecond whether something was printed or the program has ended.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// What a program printed, and how it ended.
#[derive(Debug)]
pub struct Captured {
    /// What it printed on its standard output.
    pub stdout: Vec<u8>,
    /// What it printed on its standard error.
    pub stderr: Vec<u8>,
    /// How it ended; `None` if it still ran at the deadline and was killed.
    pub status: Option<ExitStatus>,
}

/// Runs the command and captures both streams until it ends, or until the deadline, at which it is killed.
pub fn capture_both(command: &mut Command, deadline: Duration) -> io::Result<Captured> {
    let until = Instant::now() + deadline;
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut streams =
        [Stream::new(child.stdout.take().expect("a pipe")), Stream::new(child.stderr.take().expect("a pipe"))];
    let mut status = None;
    while status.is_none() && Instant::now() < until {
        read_ready(&mut streams, PollTimeout::ZERO)?;
        status = child.try_wait()?;
        thread::sleep(Duration::from_millis(1));
    }
    if status.is_none() {
        child.kill()?;
        child.wait()?;
    }
    read_ready(&mut streams, PollTimeout::ZERO)?;
    let [stdout, stderr] = streams.map(|stream| stream.bytes);
    Ok(Captured { stdout, stderr, status })
}

/// Sleeps until something is ready, at most for the timeout, and reads once from each stream that is.
fn read_ready(streams: &mut [Stream; 2], timeout: PollTimeout) -> io::Result<()> {
    let mut open: Vec<&mut Stream> = streams.iter_mut().filter(|stream| stream.open).collect();
    let mut fds: Vec<PollFd> = open.iter().map(|stream| PollFd::new(stream.pipe.as_fd(), PollFlags::POLLIN)).collect();
    match poll(&mut fds, timeout) {
        Ok(_) => {}
        Err(Errno::EINTR) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    let ready: Vec<bool> = fds.iter().map(|fd| fd.any().unwrap_or(false)).collect();
    for (stream, ready) in open.iter_mut().zip(ready) {
        if ready {
            stream.read()?;
        }
    }
    Ok(())
}

/// A stream of the program, and what came from it.
struct Stream {
    pipe: File,
    open: bool,
    bytes: Vec<u8>,
}

impl Stream {
    fn new(pipe: impl Into<OwnedFd>) -> Self {
        Stream { pipe: File::from(pipe.into()), open: true, bytes: Vec::new() }
    }

    /// Reads once: all that a pipe can hold. Nothing means that the stream has ended.
    fn read(&mut self) -> io::Result<()> {
        let mut buffer = [0; 64 * 1024];
        let length = self.pipe.read(&mut buffer)?;
        self.bytes.extend(&buffer[..length]);
        self.open = length > 0;
        Ok(())
    }
}
