//! Fails: every call begins the wait again
//!
//! A call during the wait replaces the value, but the wait does not begin again.

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
    let last = Rc::new(Cell::new(None));
    let waiting = Rc::new(Cell::new(false));
    Box::new(move |value| {
        last.set(Some(value));
        if waiting.replace(true) {
            return;
        }
        let (callback, last, over) = (Rc::clone(&callback), Rc::clone(&last), Rc::clone(&waiting));
        timers.set_timeout(
            ms,
            Box::new(move || {
                over.set(false);
                if let Some(value) = last.take() {
                    callback(value);
                }
            }),
        );
    })
}
