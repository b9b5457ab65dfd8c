//! Fails: one call runs the callback once, when the wait is over
//!
//! The first call of a burst runs the callback, and the others are dropped: that is a throttle.

use std::cell::Cell;
use std::rc::Rc;

/// The timers of a loop. The number of a timer is used again after the timer has fired or was cleared.
pub trait Timers {
    /// Calls `callback` once, in `ms` milliseconds; returns the number of the timer.
    fn set_timeout(&self, ms: u64, callback: Box<dyn FnOnce()>) -> u64;
    /// Forgets a pending timer, whose callback is then never called.
    fn clear_timeout(&self, timer: u64);
}

/// A function that calls `callback` with the last value it got, once nobody has called it for `ms` milliseconds.
pub fn debounce<T: 'static>(timers: Rc<dyn Timers>, ms: u64, callback: impl Fn(T) + 'static) -> Box<dyn Fn(T)> {
    let waiting = Rc::new(Cell::new(false));
    Box::new(move |value| {
        if waiting.replace(true) {
            return;
        }
        callback(value);
        let over = Rc::clone(&waiting);
        timers.set_timeout(ms, Box::new(move || over.set(false)));
    })
}
