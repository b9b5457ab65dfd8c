//! Call a function once, when a burst of calls is over (debounce). (25 minutes)
//!
//! Somebody types into a search field. Each key calls `search(text)`, but only the text that stands there when the
//! typing pauses is worth a request. In JavaScript one writes `search = debounce(200, search)`; here you write
//! `debounce`, over the two functions for timers that every event loop has.
//!
//! - After one call, the callback runs once, `ms` milliseconds later, with the value of that call. It does not run at
//!   once.
//! - A call during the wait replaces the value, and the wait begins again. Of a burst, only the last value counts.
//! - After the callback has run, the next call begins a new wait. The callback may itself call the
//!   debounced function.
//! - There is at most one timer: a call clears the earlier one. A thousand keys do not leave a thousand timers
//!   behind.
//! - Only a pending timer is cleared. The number of a timer that has fired may belong to somebody else's timer by
//!   now.
//! - Two debounced functions do not disturb each other.
//!
//! What to know: everything runs on one thread, so the state that the calls share is in an `Rc`, and changes in a
//! `Cell` (`get`, `set`, `take`). A callback is `Box::new(move || …)` and owns what it uses, so clone the `Rc`s for
//! it first. Related code in this chapter: `timers.rs`, which makes timers; here you use them.
//!
//! Check it with: cargo grade event-loop debounce

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
    let _callback = callback;
    todo!("debounce by {ms} ms; {} share the timers", Rc::strong_count(&timers))
}
