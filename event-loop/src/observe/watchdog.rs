//! A deadline for a loop that should end by itself.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

use crate::EventLoop;

impl EventLoop {
    /// As [`EventLoop::run`], with a deadline: a watchdog for loops that should end by themselves.
    ///
    /// # Errors
    /// `TimedOut` when the loop was still alive after `limit`; and as [`EventLoop::run`].
    ///
    /// # Panics
    /// As [`EventLoop::run`].
    pub fn run_within(&mut self, limit: Duration) -> io::Result<()> {
        let watchdog = self.set_timeout(limit, Self::stop);
        self.unref(watchdog);
        let end = panic::catch_unwind(AssertUnwindSafe(|| self.run()));
        let in_time = self.close(watchdog); // after a panic, too: it must not stop a later run
        end.unwrap_or_else(|panic| panic::resume_unwind(panic))?;
        if !in_time {
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("the loop was still alive after {limit:?}")));
        }
        Ok(())
    }
}
