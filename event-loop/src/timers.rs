//! Timers, run as Node.js runs them: list by list. `timers/lists.rs` has the lists.

mod lists;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

pub(crate) use lists::{Place, Timers};

use crate::handle::{Callback, Handle, Kind};
use crate::{EventLoop, Phase};

pub(crate) struct Timer {
    job: Job,
    pub(crate) place: Place,
    /// The line of a puzzle's script that set it.
    pub(crate) line: usize,
}

enum Job {
    /// `set_timeout`.
    Once(Box<dyn FnOnce(&mut EventLoop)>),
    /// `set_interval`, which starts again by itself after each callback; `set_timer`, which does not.
    Repeated { callback: Callback, is_interval: bool },
}

impl EventLoop {
    /// Runs `callback` once, `after` from now. Node: `setTimeout`.
    ///
    /// Rounded up to whole milliseconds; 0 becomes 1, as in Node. The clock counts whole milliseconds, so a timer may
    /// come up to 1 ms early by another clock. Timers of one duration run in the order in which they were set.
    pub fn set_timeout(&mut self, after: Duration, callback: impl FnOnce(&mut EventLoop) + 'static) -> Handle {
        self.set(after, Job::Once(Box::new(callback)))
    }

    /// Runs `callback` again and again, `period` apart, until it is closed. Node: `setInterval`.
    ///
    /// The period (at least 1 ms) counts from the time when the callback begins. Periods that were missed are not made
    /// up for.
    pub fn set_interval(&mut self, period: Duration, callback: impl FnMut(&mut EventLoop) + 'static) -> Handle {
        self.set(period, Job::Repeated { callback: Rc::new(RefCell::new(callback)), is_interval: true })
    }

    /// As [`EventLoop::set_timeout`], for a callback that may run more than once: [`EventLoop::refresh`] starts the
    /// timer again, also after it has fired. It stays until it is closed, and keeps the loop alive while it waits.
    pub fn set_timer(&mut self, after: Duration, callback: impl FnMut(&mut EventLoop) + 'static) -> Handle {
        self.set(after, Job::Repeated { callback: Rc::new(RefCell::new(callback)), is_interval: false })
    }

    fn set(&mut self, after: Duration, job: Job) -> Handle {
        let place = Place { duration: whole_millis(after), number: None };
        let timer = self.handles.insert(Kind::Timer(Timer { job, place, line: self.line }));
        self.refresh(timer);
        timer
    }

    /// Starts a timer again, from now: one that waits, or one of [`EventLoop::set_timer`] that has fired, also from
    /// inside its own callback. `false` when it is closed, or ran already and cannot run again. Node:
    /// `timer.refresh()`.
    pub fn refresh(&mut self, timer: Handle) -> bool {
        self.update_time(); // Node reads the clock here, too
        self.start_timer(timer, self.clock.now)
    }

    fn start_timer(&mut self, timer: Handle, time: u64) -> bool {
        self.change_place(timer, |timers, place| timers.start(timer, place, time))
    }

    fn change_place(&mut self, timer: Handle, change: impl FnOnce(&mut Timers, &mut Place)) -> bool {
        self.handles.change(timer, |entry| {
            if let Kind::Timer(timer) = &mut entry.kind {
                change(&mut self.timers, &mut timer.place);
            }
        })
    }

    /// Runs the timers that are due: list by list, as Node's `processTimers` does. All of them are measured by the
    /// time at which the pass began, so a timer that becomes due meanwhile waits for the next pass.
    pub(crate) fn run_timers(&mut self) {
        self.position.phase = Phase::Timers;
        let now = self.clock.now;
        if self.timers.deadline().is_none_or(|deadline| deadline > now) {
            return;
        }
        while let Some(timer) = self.timers.next_due(now) {
            self.run_timer(timer);
        }
        self.timers.not_before = self.clock.now + 1;
    }

    fn run_timer(&mut self, handle: Handle) {
        let Some(Kind::Timer(timer)) = self.handles.kind(handle) else { return };
        if let Job::Repeated { callback, is_interval } = &timer.job {
            let callback = Rc::clone(callback);
            let is_interval = *is_interval;
            self.change_place(handle, |_, place| place.number = None);
            self.update_time();
            let start = self.clock.now;
            self.run_callback("timer", Some(handle), |ev| callback.borrow_mut()(ev));
            if is_interval {
                self.start_timer(handle, start);
            }
        } else if let Some(Kind::Timer(Timer { job: Job::Once(callback), .. })) =
            self.handles.remove(handle).map(|entry| entry.kind)
        {
            self.run_callback("timer", None, callback);
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
}
