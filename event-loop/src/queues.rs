//! Callbacks that wait for no event: ticks and microtasks after every callback, immediates once an iteration.

use std::collections::VecDeque;

use crate::{EventLoop, Phase};

/// A callback that runs once.
pub(crate) struct Task {
    /// The line of a puzzle's script that asked for it, which `watch` shows; 0 outside of puzzles.
    pub(crate) line: usize,
    pub(crate) callback: Box<dyn FnOnce(&mut EventLoop)>,
}

type Tasks = VecDeque<Task>;

#[derive(Default)]
pub(crate) struct Queues {
    pub(crate) ticks: Tasks,
    pub(crate) microtasks: Tasks,
    pub(crate) immediates: Tasks,
    /// For the pending phase: results known at once whose callbacks must not run inside the call that asked.
    pub(crate) pending: Tasks,
    /// For the closing phase.
    pub(crate) closing: Vec<Task>,
}

impl Queues {
    /// Whether something waits for its phase.
    pub(crate) fn has_work(&self) -> bool {
        !(self.closing.is_empty() && self.immediates.is_empty() && self.pending.is_empty())
    }
}

impl EventLoop {
    /// Runs `callback` when the present one has returned, before anything else. Node: `process.nextTick`.
    ///
    /// Ticks that go on making ticks starve everything else.
    pub fn next_tick(&mut self, callback: impl FnOnce(&mut EventLoop) + 'static) {
        self.queues.ticks.push_back(self.task(callback));
    }

    /// Runs `callback` when the present one has returned and no tick is left. Node: `queueMicrotask`, and what
    /// follows an `await`.
    pub fn queue_microtask(&mut self, callback: impl FnOnce(&mut EventLoop) + 'static) {
        self.queues.microtasks.push_back(self.task(callback));
    }

    /// Runs `callback` in the next check phase, right after the loop has polled. One that is queued by an immediate
    /// waits for the next iteration, so immediates starve nothing. Node: `setImmediate`.
    pub fn set_immediate(&mut self, callback: impl FnOnce(&mut EventLoop) + 'static) {
        self.queues.immediates.push_back(self.task(callback));
    }

    pub(crate) fn task(&self, callback: impl FnOnce(&mut EventLoop) + 'static) -> Task {
        Task { line: self.line, callback: Box::new(callback) }
    }

    /// All ticks, also those that ticks make; then all microtasks; and again, until both queues are empty.
    pub(crate) fn drain_microtasks(&mut self) {
        while !(self.queues.ticks.is_empty() && self.queues.microtasks.is_empty()) {
            while let Some(tick) = self.queues.ticks.pop_front() {
                self.position.kind = "tick";
                (tick.callback)(self);
            }
            while let Some(microtask) = self.queues.microtasks.pop_front() {
                self.position.kind = "microtask";
                (microtask.callback)(self);
            }
        }
    }

    /// Runs what is in the queue now; what these callbacks add to it waits for the next time.
    pub(crate) fn run_queue(&mut self, phase: Phase, kind: &'static str, queue: fn(&mut Queues) -> &mut Tasks) {
        self.position.phase = phase;
        for _ in 0..queue(&mut self.queues).len() {
            let Some(task) = queue(&mut self.queues).pop_front() else { return };
            self.run_callback(kind, None, task.callback);
        }
    }

    /// What was closed, in libuv's order: the last first. What is closed meanwhile waits for the next iteration.
    pub(crate) fn run_closing(&mut self) {
        self.position.phase = Phase::Closing;
        for index in (0..self.queues.closing.len()).rev() {
            let task = self.queues.closing.remove(index);
            self.run_callback("close", None, task.callback);
        }
    }
}
