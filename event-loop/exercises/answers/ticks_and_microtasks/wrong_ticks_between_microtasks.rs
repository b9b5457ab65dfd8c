//! Fails: a tick queued by a microtask waits until all microtasks have run
//!
//! It looks for ticks after each microtask.

use std::collections::VecDeque;

type Callback = Box<dyn FnOnce(&mut Queues)>;

/// Ticks and microtasks that wait to be run.
#[derive(Default)]
pub struct Queues {
    ticks: VecDeque<Callback>,
    microtasks: VecDeque<Callback>,
    /// The ticks have become empty, and the microtasks not yet.
    in_microtasks: bool,
}

impl Queues {
    /// Empty queues.
    pub fn new() -> Self {
        Self::default()
    }

    /// Queues a tick, as `process.nextTick` does.
    pub fn next_tick(&mut self, callback: impl FnOnce(&mut Queues) + 'static) {
        self.ticks.push_back(Box::new(callback));
    }

    /// Queues a microtask, as `queueMicrotask` does.
    pub fn queue_microtask(&mut self, callback: impl FnOnce(&mut Queues) + 'static) {
        self.microtasks.push_back(Box::new(callback));
    }

    /// Runs callbacks until both queues are empty, but at most `limit`; returns how many ran.
    pub fn drain(&mut self, limit: usize) -> usize {
        let mut ran = 0;
        while ran < limit {
            let Some(callback) = self.next() else {
                break;
            };
            ran += 1;
            callback(self);
        }
        ran
    }

    /// The callback whose turn it is.
    fn next(&mut self) -> Option<Callback> {
        self.in_microtasks = self.ticks.is_empty();
        self.ticks.pop_front().or_else(|| self.microtasks.pop_front())
    }
}
