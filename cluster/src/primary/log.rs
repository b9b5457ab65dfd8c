//! What the service reports while it runs, written without waiting for anybody who reads it.

use std::fmt;
use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::Duration;

/// Lines that may wait to be written.
const MAX_LINES: usize = 256;
/// How long the end may wait for the last lines to be written.
const FLUSH_TIME: Duration = Duration::from_millis(500);

/// A terminal that is stopped (Ctrl-S) or a pipe that nobody reads blocks a write, for hours perhaps. So a thread
/// writes, and when too many lines wait for it, new ones are dropped and counted.
pub(crate) struct Log {
    lines: Option<SyncSender<String>>,
    dropped: u64,
    /// Ends when the thread has written all lines.
    written: Receiver<()>,
}

impl Log {
    /// # Errors
    /// `EAGAIN` when the thread cannot be started (pthread_create(3)).
    pub(crate) fn new(mut out: impl Write + Send + 'static) -> io::Result<Self> {
        let (lines, to_write) = mpsc::sync_channel::<String>(MAX_LINES);
        let (all_written, written) = mpsc::sync_channel(0);
        thread::Builder::new().name("log".to_owned()).spawn(move || {
            let _all_written: SyncSender<()> = all_written; // dropped at the end
            for line in to_write {
                let _ = out.write_all(line.as_bytes()); // the service does not depend on being read
            }
        })?;
        Ok(Self { lines: Some(lines), dropped: 0, written })
    }

    /// Adds a line.
    pub(crate) fn note(&mut self, message: fmt::Arguments) {
        let Some(lines) = &self.lines else { return };
        let mut line = format!("cluster: {message}\n");
        if self.dropped > 0 {
            line.insert_str(0, &format!("cluster: {} lines were dropped, since nobody read them\n", self.dropped));
        }
        match lines.try_send(line) {
            Ok(()) => self.dropped = 0,
            Err(_) => self.dropped += 1,
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.lines = None;
        let _ = self.written.recv_timeout(FLUSH_TIME); // nothing is sent: it ends with the thread
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
