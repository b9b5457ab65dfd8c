//! What the service reports while it runs, written without waiting for a reader.

use std::fmt;
use std::io::{self, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread;

use nix::poll::{PollFd, PollFlags, poll};

/// How long the end may wait for the last lines to be written, in milliseconds.
const FLUSH_MS: u16 = 500;

/// A terminal that is stopped (Ctrl-S) or a pipe that nobody reads blocks a write, for hours perhaps. So a thread
/// writes. It gets the lines through a socket, and when that is full, new ones are dropped and counted.
pub(crate) struct Log {
    /// Never waits. The workers have it as their standard error.
    lines: UnixStream,
    dropped: u64,
}

impl Log {
    /// # Errors
    /// `EMFILE` for the socket, `EAGAIN` when the thread cannot be started (pthread_create(3)).
    pub(crate) fn new(mut out: impl Write + Send + 'static) -> io::Result<Self> {
        let (lines, mut to_write) = UnixStream::pair()?;
        lines.set_nonblocking(true)?;
        thread::Builder::new().name("log".to_owned()).spawn(move || {
            // As a `dyn Write`: else `io::copy` would splice(2), which locks the pipe while it waits for a line. Errors are
            // left alone: the service does not depend on being read.
            let _ = io::copy(&mut to_write, &mut out as &mut dyn Write);
        })?;
        Ok(Self { lines, dropped: 0 })
    }

    /// Standard error for a worker.
    pub(crate) fn for_worker(&self) -> io::Result<OwnedFd> {
        Ok(self.lines.try_clone()?.into())
    }

    /// Adds a line.
    pub(crate) fn note(&mut self, message: fmt::Arguments) {
        let mut line = format!("cluster: {message}\n");
        if self.dropped > 0 {
            line.insert_str(0, &format!("cluster: {} lines were dropped, since nobody read them\n", self.dropped));
        }
        match self.lines.write_all(line.as_bytes()) {
            Ok(()) => self.dropped = 0,
            Err(_) => self.dropped += 1,
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let _ = self.lines.shutdown(Shutdown::Write); // it is open
        // The thread sends nothing, but closes its end when it has written all lines.
        let _ = poll(&mut [PollFd::new(self.lines.as_fd(), PollFlags::POLLIN)], FLUSH_MS);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, pipe};

    use super::*;

    #[test]
    fn nobody_reads_and_nothing_waits_and_the_dropped_lines_are_counted() {
        let (reader, writer) = pipe().unwrap();
        let mut log = Log::new(writer).unwrap();
        let text = "x".repeat(1024);
        for n in 0..1_000 {
            log.note(format_args!("{n} {text}")); // a pipe holds 64 of these
        }
        assert!(log.dropped > 0);
        let reading = thread::spawn(|| BufReader::new(reader).lines().map(Result::unwrap).collect::<Vec<_>>());
        while log.dropped > 0 {
            log.note(format_args!("after")); // until one is taken again
        }
        drop(log);
        let lines = reading.join().unwrap();
        let is_whole =
            |line: &String| line.starts_with("cluster: ") && (line.ends_with('x') || line.ends_with("after"));
        let is_count = |line: &String| line.ends_with(" lines were dropped, since nobody read them");
        assert!(lines.iter().all(|line| is_whole(line) || is_count(line)), "{lines:?}");
        assert!(lines.iter().any(is_count) && lines.last().unwrap().ends_with("after"));
    }
}
