//! Fails: it sleeps while the program neither prints nor ends
//!
//! It goes on polling a stream that has ended. That is ready each time, so the loop never sleeps.

use std::fs::File;
use std::io::{self, PipeReader, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

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
    let (ended, ends_with_the_program) = io::pipe()?;
    let pid = Pid::from_raw(child.id() as i32);
    let (in_time, status) = thread::scope(|scope| {
        scope.spawn(move || {
            wait_for_the_end(pid);
            drop(ends_with_the_program); // now `ended` is ready
        });
        let in_time = read_until_the_end(&mut streams, &ended, until);
        if !matches!(in_time, Ok(true)) {
            let _ = child.kill(); // fails only where the child has ended
        }
        (in_time, child.wait())
    });
    read_what_is_there(&mut streams)?;
    let status = status?;
    let [stdout, stderr] = streams.map(|stream| stream.bytes);
    Ok(Captured { stdout, stderr, status: in_time?.then_some(status) })
}

/// Sleeps until the child has ended, and leaves it to be reaped.
fn wait_for_the_end(pid: Pid) {
    while waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) == Err(Errno::EINTR) {}
}

/// Reads from both streams until the program has ended (true), or the time is up (false).
fn read_until_the_end(streams: &mut [Stream; 2], ended: &PipeReader, until: Instant) -> io::Result<bool> {
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        // Rounded up, so that the last millisecond is slept, too.
        let timeout = PollTimeout::try_from(left + Duration::from_millis(1)).unwrap_or(PollTimeout::MAX);
        if read_ready(streams, Some(ended), timeout)? {
            return Ok(true);
        }
    }
}

/// Reads what is in the pipes now, without waiting for more.
fn read_what_is_there(streams: &mut [Stream; 2]) -> io::Result<()> {
    read_ready(streams, None, PollTimeout::ZERO)?;
    Ok(())
}

/// Sleeps until something is ready, at most for the timeout, and reads once from each stream that is. Whether the
/// program has ended.
fn read_ready(streams: &mut [Stream; 2], ended: Option<&PipeReader>, timeout: PollTimeout) -> io::Result<bool> {
    let mut fds: Vec<PollFd> =
        streams.iter().map(|stream| PollFd::new(stream.pipe.as_fd(), PollFlags::POLLIN)).collect();
    fds.extend(ended.map(|pipe| PollFd::new(pipe.as_fd(), PollFlags::POLLIN)));
    match poll(&mut fds, timeout) {
        Ok(_) => {}
        Err(Errno::EINTR) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    let ready: Vec<bool> = fds.iter().map(|fd| fd.any().unwrap_or(false)).collect();
    let has_ended = ended.is_some() && ready.last() == Some(&true);
    for (stream, ready) in streams.iter_mut().zip(ready) {
        if ready {
            stream.read()?;
        }
    }
    Ok(has_ended)
}

/// A stream of the program, and what came from it.
struct Stream {
    pipe: File,
    bytes: Vec<u8>,
}

impl Stream {
    fn new(pipe: impl Into<OwnedFd>) -> Self {
        Stream { pipe: File::from(pipe.into()), bytes: Vec::new() }
    }

    /// Reads once: all that a pipe can hold. Nothing means that the stream has ended.
    fn read(&mut self) -> io::Result<()> {
        let mut buffer = [0; 64 * 1024];
        let length = self.pipe.read(&mut buffer)?;
        self.bytes.extend(&buffer[..length]);
        Ok(())
    }
}
