//! Callbacks that wait for no event: ticks and microtasks after every callback, immediates once an iteration.

use std::collections::VecDeque;

use crate::{EventLoop, Phase};

/// A callback that runs once.
pub(crate) type Task = Box<dyn FnOnce(&mut EventLoop)>;

#[derive(Default)]
pub(crate) struct Queues {
    ticks: VecDeque<Task>,
    microtasks: VecDeque<Task>,
    pub(crate) immediates: VecDeque<Task>,
    /// For the pending phase: results known at once whose callbacks must not run inside the call that asked.
    pub(crate) pending: VecDeque<Task>,
    /// For the closing phase.
    pub(crate) closing: VecDeque<Task>,
}

impl Queues {
    /// Whether something waits for its phase.
    pub(crate) fn has_work(&self) -> bool {
        !(self.immediates.is_empty() && self.pending.is_empty() && self.closing.is_empty())
    }
}

impl EventLoop {
    /// Runs `callback` when the present one has returned, before anything else. Node: `process.nextTick`.
    ///
    /// Ticks that go on making ticks starve everything else.
    pub fn next_tick(&mut self, callback: impl FnOnce(&mut EventLoop) + 'static) {
        self.queues.ticks.push_back(Box::new(callback));
    }

    /// Runs `callback` when the present one has returned and no tick is left. Node: `queueMicrotask`, and what
    /// follows an `await`.
    pub fn queue_microtask(&mut self, callback: impl FnOnce(&mut EventLoop) + 'static) {
        self.queues.microtasks.push_back(Box::new(callback));
    }

    /// Runs `callback` in the next check phase, right after the loop has polled. One that is queued by an immediate
    /// waits for the next iteration, so immediates starve nobody. Node: `setImmediate`.
    pub fn set_immediate(&mut self, callback: impl FnOnce(&mut EventLoop) + 'static) {
        self.queues.immediates.push_back(Box::new(callback));
    }

    /// All ticks, also those that ticks make; then all microtasks; and again, until both queues are empty.
    pub(crate) fn drain(&mut self) {
        loop {
            while let Some(tick) = self.queues.ticks.pop_front() {
                self.traced("tick", tick);
            }
            if self.queues.microtasks.is_empty() {
                return;
            }
            while let Some(microtask) = self.queues.microtasks.pop_front() {
                self.traced("microtask", microtask);
            }
        }
    }

    /// Runs what is in the queue now; what these callbacks add to it waits for the next time.
    pub(crate) fn run_queue(
        &mut self,
        phase: Phase,
        kind: &'static str,
        queue: impl Fn(&mut Queues) -> &mut VecDeque<Task>,
    ) {
        self.place.phase = phase;
        for _ in 0..queue(&mut self.queues).len() {
            let Some(task) = queue(&mut self.queues).pop_front() else { return };
            self.enter(kind, None, task);
        }
    }
}
