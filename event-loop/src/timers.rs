//! Timers: one-shot and repeating, in a heap by deadline.

use std::collections::BTreeMap;
use std::mem;
use std::time::Duration;

use crate::handle::{Handle, Kind};
use crate::slab::Key;
use crate::{EventLoop, Phase};

/// A deadline in milliseconds of the loop's clock, and the number of the start: of equal deadlines, the one started
/// first comes first.
pub(crate) type When = (u64, u64);

/// libuv keeps its timers in a binary heap. A sorted map gives the same order, insertion and removal in logarithmic
/// time, too, and can take an entry out of its middle: a timer that was cancelled.
#[derive(Default)]
pub(crate) struct Timers {
    pub(crate) armed: BTreeMap<When, Key>,
    starts: u64,
}

impl Timers {
    /// The earliest deadline.
    pub(crate) fn deadline(&self) -> Option<u64> {
        self.armed.first_key_value().map(|((deadline, _), _)| *deadline)
    }

    fn pop_due(&mut self, now: u64) -> Option<Key> {
        self.armed.first_entry().filter(|first| first.key().0 <= now).map(|first| first.remove())
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
        let when = self.when(whole_millis(after));
        self.arm(when, Kind::Timeout(when, Box::new(callback)))
    }

    /// Runs `callback` again and again, `period` apart, until it is closed. Node: `setInterval`.
    ///
    /// The period (at least 1 ms) counts from the loop's clock when the callback begins. Periods that were missed are
    /// not made up for.
    pub fn set_interval(&mut self, period: Duration, callback: impl FnMut(&mut EventLoop) + 'static) -> Handle {
        let period = whole_millis(period);
        let when = self.when(period);
        self.arm(when, Kind::Interval(when, period, Some(Box::new(callback))))
    }

    fn when(&mut self, after: u64) -> When {
        if !self.is_running() {
            self.update_time(); // outside of `run` nobody else reads the clock
        }
        self.timers.starts += 1;
        (self.clock.now().saturating_add(after), self.timers.starts)
    }

    fn arm(&mut self, when: When, kind: Kind) -> Handle {
        let key = self.handles.insert(kind);
        self.timers.armed.insert(when, key);
        Handle(key)
    }

    /// Moves the deadline of a timer to `after` from now; `false` when it is closed, or ran already. An interval keeps
    /// its period. Node: `timer.refresh()`.
    pub fn rearm(&mut self, timer: Handle, after: Duration) -> bool {
        let next = self.when(whole_millis(after));
        self.postpone(timer.0, next)
    }

    fn postpone(&mut self, key: Key, next: When) -> bool {
        let kind = self.handles.get_mut(key).map(|entry| &mut entry.kind);
        let Some(Kind::Timeout(when, _) | Kind::Interval(when, ..)) = kind else { return false };
        self.timers.armed.remove(&mem::replace(when, next));
        self.timers.armed.insert(next, key);
        true
    }

    /// Those that are due by now. A timer set meanwhile is due 1 ms later at least, so it waits for the next pass: no
    /// timer can keep the loop in this phase.
    pub(crate) fn run_timers(&mut self) {
        self.place.phase = Phase::Timers;
        let now = self.clock.now();
        while let Some(key) = self.timers.pop_due(now) {
            if let Some(&Kind::Interval(_, period, _)) = self.handles.get(key).map(|entry| &entry.kind) {
                let next = self.when(period);
                self.postpone(key, next);
                self.call(key);
            } else if let Some(Kind::Timeout(_, callback)) = self.handles.remove(key).map(|entry| entry.kind) {
                self.enter("timer", None, callback);
            }
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
