//! Fails: a callback that panics loses no other
//!
//! The order is right, but a whole queue is taken out at a time: a panic drops the rest of it.

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
        loop {
            let mut batch = std::mem::take(if self.in_microtasks { &mut self.microtasks } else { &mut self.ticks });
            if batch.is_empty() {
                self.in_microtasks = !self.in_microtasks;
                if self.ticks.is_empty() && self.microtasks.is_empty() {
                    return ran;
                }
            }
            while ran < limit {
                let Some(callback) = batch.pop_front() else {
                    break;
                };
                ran += 1;
                callback(self);
            }
            if ran == limit {
                let queue = if self.in_microtasks { &mut self.microtasks } else { &mut self.ticks };
                batch.append(queue);
                *queue = batch;
                return ran;
            }
        }
    }
}
