//! Callbacks that wait for no event: ticks and microtasks after every callback, immediates once an iteration.

use std::collections::VecDeque;
use std::mem;

use crate::{EventLoop, Phase};

/// A callback that runs once. Any closure is one; the body of a puzzle also knows from which line it comes.
pub(crate) trait OneShot {
    fn run(self: Box<Self>, ev: &mut EventLoop);

    fn line(&self) -> Option<usize> {
        None
    }
}

impl<F: FnOnce(&mut EventLoop)> OneShot for F {
    fn run(self: Box<Self>, ev: &mut EventLoop) {
        self(ev);
    }
}

pub(crate) type Task = Box<dyn OneShot>;

#[derive(Default)]
pub(crate) struct Queues {
    pub(crate) ticks: VecDeque<Task>,
    pub(crate) microtasks: VecDeque<Task>,
    pub(crate) immediates: VecDeque<Task>,
    /// For the pending phase: results known at once whose callbacks must not run inside the call that asked.
    pub(crate) pending: VecDeque<Task>,
    /// For the next closing phase.
    pub(crate) closing: Vec<Task>,
    /// For the present one.
    closing_now: Vec<Task>,
}

impl Queues {
    /// Whether something waits for its phase.
    pub(crate) fn has_work(&self) -> bool {
        let is_closing = !(self.closing.is_empty() && self.closing_now.is_empty());
        is_closing || !self.immediates.is_empty() || !self.pending.is_empty()
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
    /// waits for the next iteration, so immediates starve nothing. Node: `setImmediate`.
    pub fn set_immediate(&mut self, callback: impl FnOnce(&mut EventLoop) + 'static) {
        self.queues.immediates.push_back(Box::new(callback));
    }

    /// All ticks, also those that ticks make; then all microtasks; and again, until both queues are empty.
    pub(crate) fn drain_microtasks(&mut self) {
        loop {
            while let Some(tick) = self.queues.ticks.pop_front() {
                self.position.kind = "tick";
                tick.run(self);
            }
            if self.queues.microtasks.is_empty() {
                return;
            }
            while let Some(microtask) = self.queues.microtasks.pop_front() {
                self.position.kind = "microtask";
                microtask.run(self);
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
        self.position.phase = phase;
        for _ in 0..queue(&mut self.queues).len() {
            let Some(task) = queue(&mut self.queues).pop_front() else { return };
            self.run_callback(kind, None, |ev| task.run(ev));
        }
    }

    /// What was closed, in libuv's order: the last first. What is closed meanwhile waits for the next iteration.
    pub(crate) fn run_closing(&mut self) {
        self.position.phase = Phase::Closing;
        // Something is left of the last time where a callback panicked.
        let mut closed = mem::take(&mut self.queues.closing);
        self.queues.closing_now.append(&mut closed);
        while let Some(task) = self.queues.closing_now.pop() {
            self.run_callback("close", None, |ev| task.run(ev));
        }
    }
}
