//! Looking at a loop while it runs: hooks for every iteration, an observer of every callback, what is in the queues.

pub(crate) mod delay;
pub(crate) mod hooks;
pub(crate) mod snapshot;
pub(crate) mod trace;
pub(crate) mod utilization;
mod watchdog;

use std::rc::Rc;
use std::time::Instant;

use crate::EventLoop;

/// Sees every callback of a loop. Without an observer the loop pays for one comparison per callback.
pub(crate) trait Observer {
    /// A callback has returned that began at `began`. What it left behind is in the queues.
    fn called(&self, ev: &EventLoop, began: Instant);

    /// The loop has waited in the poll phase since `began`.
    fn waited(&self, ev: &EventLoop, began: Instant);
}

impl EventLoop {
    #[inline(never)]
    pub(crate) fn call_observed(&mut self, callback: impl FnOnce(&mut Self)) {
        let Some(observer) = self.observer.as_ref().map(Rc::clone) else { return };
        let (position, began) = (self.position, Instant::now());
        callback(self);
        self.position = position;
        observer.called(self, began);
    }
}
