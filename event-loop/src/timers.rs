//! Timers: one-shot and repeating, in the order of their deadlines.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::mem;
use std::rc::Rc;
use std::time::Duration;

use crate::handle::{Handle, Kind};
use crate::{EventLoop, Phase};

/// Which timer is due first: that of the earliest deadline, and of equal deadlines the one started first.
///
/// libuv has a binary heap of all timers. Here the timers of one deadline are a list, linked in the order of their
/// starts, and a sorted map has the lists. The order is the same, and to take a timer out of the middle costs no more
/// than logarithmic time, too; but those that share a deadline, a thousand of one callback perhaps, need no sorting.
#[derive(Default)]
pub(crate) struct Timers {
    /// The first and the last of the timers with a deadline, in milliseconds of the loop's clock.
    lists: BTreeMap<u64, (Handle, Handle)>,
    /// For each timer, by its index.
    links: Vec<Link>,
}

#[derive(Clone, Copy)]
struct Link {
    deadline: u64,
    /// Its neighbours; the first of a list is before itself, the last after itself.
    before: Handle,
    after: Handle,
}

impl Timers {
    /// The earliest deadline.
    pub(crate) fn deadline(&self) -> Option<u64> {
        self.lists.first_key_value().map(|(&deadline, _)| deadline)
    }

    fn insert(&mut self, deadline: u64, timer: Handle) {
        let (_, last) = self.lists.entry(deadline).or_insert((timer, timer));
        let before = mem::replace(last, timer);
        let link = Link { deadline, before, after: timer };
        if self.links.len() <= timer.index() {
            self.links.resize(timer.index() + 1, link);
        }
        self.links[timer.index()] = link;
        self.links[before.index()].after = timer;
    }

    pub(crate) fn remove(&mut self, timer: Handle) {
        let Link { deadline, before, after } = self.links[timer.index()];
        let (is_first, is_last) = (before == timer, after == timer);
        if is_first && is_last {
            self.lists.remove(&deadline);
        } else if is_first {
            self.links[after.index()].before = after;
            self.lists.entry(deadline).and_modify(|(first, _)| *first = after);
        } else if is_last {
            self.links[before.index()].after = before;
            self.lists.entry(deadline).and_modify(|(_, last)| *last = before);
        } else {
            self.links[before.index()].after = after;
            self.links[after.index()].before = before;
        }
    }

    fn pop_due(&mut self, now: u64) -> Option<Handle> {
        let (_, &(first, _)) = self.lists.first_key_value().filter(|(deadline, _)| **deadline <= now)?;
        self.remove(first);
        Some(first)
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
        self.arm(whole_millis(after), Kind::Timeout(Box::new(callback)))
    }

    /// Runs `callback` again and again, `period` apart, until it is closed. Node: `setInterval`.
    ///
    /// The period (at least 1 ms) counts from the loop's clock when the callback begins. Periods that were missed are
    /// not made up for.
    pub fn set_interval(&mut self, period: Duration, callback: impl FnMut(&mut EventLoop) + 'static) -> Handle {
        let period = whole_millis(period);
        self.arm(period, Kind::Interval(period, Rc::new(RefCell::new(callback))))
    }

    fn deadline(&mut self, after: u64) -> u64 {
        if !self.is_running() {
            self.update_time(); // outside of `run` nobody else reads the clock
        }
        self.clock.now.saturating_add(after)
    }

    fn arm(&mut self, after: u64, kind: Kind) -> Handle {
        let (deadline, timer) = (self.deadline(after), self.handles.insert(kind));
        self.timers.insert(deadline, timer);
        timer
    }

    /// Moves the deadline of a timer to `after` from now; `false` when it is closed, or ran already. An interval keeps
    /// its period. Node: `timer.refresh()`.
    pub fn rearm(&mut self, timer: Handle, after: Duration) -> bool {
        let is_armed =
            matches!(self.handles.get(timer).map(|entry| &entry.kind), Some(Kind::Timeout(_) | Kind::Interval(..)));
        if is_armed {
            let deadline = self.deadline(whole_millis(after));
            self.timers.remove(timer);
            self.timers.insert(deadline, timer);
        }
        is_armed
    }

    /// Those that are due by now. A timer set meanwhile is due 1 ms later at least, so it waits for the next pass: no
    /// timer can keep the loop in this phase.
    pub(crate) fn run_timers(&mut self) {
        self.place.phase = Phase::Timers;
        let now = self.clock.now;
        while let Some(timer) = self.timers.pop_due(now) {
            if let Some(Kind::Interval(period, callback)) = self.handles.get(timer).map(|entry| &entry.kind) {
                let callback = Rc::clone(callback);
                self.timers.insert(self.clock.now.saturating_add(*period), timer);
                self.enter("timer", Some(timer), |ev| callback.borrow_mut()(ev));
            } else if let Some(Kind::Timeout(callback)) = self.handles.remove(timer).map(|entry| entry.kind) {
                self.enter("timer", None, callback);
            }
        }
    }
}

fn whole_millis(time: Duration) -> u64 {
    let rest = u64::from(time.subsec_nanos().div_ceil(1_000_000));
    time.as_secs().saturating_mul(1_000).saturating_add(rest).max(1)
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

    #[test]
    fn timers_set_and_cancelled_at_random_come_in_the_order_of_a_sorted_map() {
        let (mut timers, mut sorted, mut random) = (Timers::default(), BTreeMap::new(), 1_u64);
        for start in 0..5_000_u64 {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let (deadline, chosen) = (random >> 60, (random >> 32) as usize % (sorted.len() + 1));
            let timer = Handle(start);
            timers.insert(deadline, timer);
            sorted.insert((deadline, start), timer);
            if random & (1 << 20) == 0
                && let Some((&when, &timer)) = sorted.iter().nth(chosen)
            {
                timers.remove(timer);
                sorted.remove(&when);
            }
        }
        assert_eq!(timers.deadline(), sorted.first_key_value().map(|(&(deadline, _), _)| deadline));
        let popped: Vec<_> = std::iter::from_fn(|| timers.pop_due(u64::MAX)).collect();
        assert_eq!(popped, sorted.into_values().collect::<Vec<_>>());
    }
}
