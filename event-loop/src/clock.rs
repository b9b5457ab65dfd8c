//! The loop's clock, which stands still between two readings.

use std::time::{Duration, Instant};

use crate::EventLoop;

pub(crate) struct Clock {
    origin: Instant,
    /// The last reading, in whole milliseconds since the origin. libuv counts in the same unit.
    pub(crate) now: u64,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { origin: Instant::now(), now: 0 }
    }
}

impl EventLoop {
    /// The loop's clock: since the loop was made, in whole milliseconds.
    pub fn now(&self) -> Duration {
        Duration::from_millis(self.clock.now)
    }

    /// Reads the clock. The loop does so itself before timers run and after it has waited.
    pub fn update_time(&mut self) {
        let since = self.clock.origin.elapsed();
        self.clock.now = since.as_secs() * 1_000 + u64::from(since.subsec_millis());
    }
}
