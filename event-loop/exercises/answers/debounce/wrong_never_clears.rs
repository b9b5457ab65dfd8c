//! Fails: of a burst only the last value comes
//!
//! Each call sets a timer, and all of them fire.

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
    let pending = Rc::new(Cell::new(None));
    Box::new(move |value| {
        let (callback, fired) = (Rc::clone(&callback), Rc::clone(&pending));
        let timer = timers.set_timeout(
            ms,
            Box::new(move || {
                fired.set(None);
                callback(value);
            }),
        );
        pending.set(Some(timer));
    })
}
