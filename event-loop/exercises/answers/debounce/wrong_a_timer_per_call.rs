//! Fails: there is never more than one timer
//!
//! Right in its result: each call sets a timer, and all but the last find out that they are too old.

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
    let callback = Rc::new(callback);
    let calls = Rc::new(Cell::new(0_u64));
    Box::new(move |value| {
        calls.set(calls.get() + 1);
        let mine = calls.get();
        let (callback, calls) = (Rc::clone(&callback), Rc::clone(&calls));
        timers.set_timeout(
            ms,
            Box::new(move || {
                if calls.get() == mine {
                    callback(value);
                }
            }),
        );
    })
}
