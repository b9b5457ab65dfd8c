//! The loop's clock, which stands still between two readings; and how late the loop's callbacks come.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::EventLoop;

pub(crate) struct Clock {
    pub(crate) origin: Instant,
    /// The last reading, in whole milliseconds since the origin. libuv counts in the same unit.
    pub(crate) now: u64,
}

impl EventLoop {
    /// The loop's clock: since the loop was made, in whole milliseconds.
    pub fn now(&self) -> Duration {
        Duration::from_millis(self.clock.now)
    }

    /// Reads the clock. The loop does so itself before timers run and after it has waited.
    pub fn update_time(&mut self) {
        self.clock.now = self.clock.origin.elapsed().as_millis() as u64;
    }

    /// The longest delay from now on: how much later than `period` (at least 1 ms) after its predecessor a callback of
    /// an interval comes. The interval does not keep the loop alive. Node: `perf_hooks.monitorEventLoopDelay`.
    ///
    /// A timer counts whole milliseconds, so a free loop shows delays of up to about 1 ms, too.
    pub fn monitor_delay(&mut self, period: Duration) -> Rc<Cell<Duration>> {
        let longest = Rc::new(Cell::new(Duration::ZERO));
        let seen = Rc::clone(&longest);
        let mut before = Instant::now();
        let timer = self.set_interval(period, move |_| {
            let delay = before.elapsed().saturating_sub(period);
            seen.set(seen.get().max(delay));
            before = Instant::now();
        });
        self.unref(timer);
        longest
    }
}
