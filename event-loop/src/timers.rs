//! Timers: one-shot and repeating, in a heap by deadline.

use std::collections::VecDeque;
use std::time::Duration;

use crate::handle::{Handle, Kind};
use crate::heap::Heap;
use crate::slab::Key;
use crate::{EventLoop, Phase};

pub(crate) struct Timers {
    pub(crate) heap: Heap,
    /// Out of the heap, about to run.
    due: VecDeque<Key>,
}

impl Timers {
    pub(crate) fn new() -> Self {
        Self { heap: Heap::new(), due: VecDeque::new() }
    }

    /// The earliest deadline, in milliseconds of the loop's clock.
    pub(crate) fn deadline(&self) -> Option<u64> {
        if self.due.is_empty() { self.heap.first() } else { Some(0) }
    }
}

impl EventLoop {
    /// Runs `callback` once, `after` from now. Node: `setTimeout`.
    ///
    /// Rounded up to whole milliseconds; 0 becomes 1, as in Node. "Now" is the loop's clock, which stands still during
    /// a callback and counts whole milliseconds: so a timer may come up to 1 ms early by another clock, and one that
    /// is set at the end of a long callback counts from its beginning, unless [`EventLoop::update_time`] was called.
    /// Equal deadlines run in the order in which they were set.
    pub fn set_timeout(&mut self, after: Duration, callback: impl FnOnce(&mut EventLoop) + 'static) -> Handle {
        let key = self.handles.insert(Kind::Timeout(Box::new(callback)), true);
        self.arm(key, whole_millis(after))
    }

    /// Runs `callback` again and again, `period` apart, until it is closed. Node: `setInterval`.
    ///
    /// The period (at least 1 ms) counts from the loop's clock when the callback begins. Periods that were missed are
    /// not made up for.
    pub fn set_interval(&mut self, period: Duration, callback: impl FnMut(&mut EventLoop) + 'static) -> Handle {
        let period = whole_millis(period);
        let key = self.handles.insert(Kind::Interval(period, Some(Box::new(callback))), true);
        self.arm(key, period)
    }

    fn arm(&mut self, key: Key, after: u64) -> Handle {
        if !self.is_running() {
            self.update_time(); // outside of `run` nobody else reads the clock
        }
        self.timers.heap.insert(self.clock.now().saturating_add(after), key);
        Handle(key)
    }

    /// The due set is collected before the first callback runs: a timer set meanwhile waits for the next pass,
    /// whatever its deadline. One that is closed meanwhile does not run.
    pub(crate) fn run_timers(&mut self) {
        self.phase = Phase::Timers;
        while let Some(key) = self.timers.heap.pop_due(self.clock.now()) {
            self.timers.due.push_back(key);
        }
        while let Some(key) = self.timers.due.pop_front() {
            self.fire(key);
        }
    }

    fn fire(&mut self, key: Key) {
        match self.handles.get(key).map(|entry| &entry.kind) {
            Some(Kind::Timeout(_)) => {
                if let Some(Kind::Timeout(callback)) = self.take(key).map(|entry| entry.kind) {
                    self.enter(None, callback);
                }
            }
            Some(&Kind::Interval(period, _)) => {
                self.arm(key, period);
                self.call(key);
            }
            _ => {} // closed by a callback of the same pass
        }
    }
}

fn whole_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_become_whole_milliseconds_and_at_least_one() {
        let nanos = |nanos, expected| assert_eq!(whole_millis(Duration::from_nanos(nanos)), expected, "{nanos} ns");
        nanos(0, 1);
        nanos(1, 1);
        nanos(1_000_000, 1);
        nanos(1_000_001, 2);
        assert_eq!(whole_millis(Duration::MAX), u64::MAX);
    }
}
