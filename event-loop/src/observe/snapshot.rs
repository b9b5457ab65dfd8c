//! What is in the queues of a loop at one moment.

use std::collections::VecDeque;

use crate::EventLoop;
use crate::handle::Handle;
use crate::queues::Task;

/// The lines of a puzzle from which the waiting callbacks come; `None` for one that is no puzzle's.
pub(crate) type Lines = Vec<Option<usize>>;

/// What waits in a loop.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) ticks: Lines,
    pub(crate) microtasks: Lines,
    /// Each timer, and in how many milliseconds it is due.
    pub(crate) timers: Vec<(Handle, u64)>,
    /// Requests that are done, and have been taken as a batch.
    pub(crate) completed: Lines,
    /// Requests under way.
    pub(crate) requested: Lines,
    pub(crate) immediates: Lines,
    pub(crate) closing: Lines,
}

impl EventLoop {
    pub(crate) fn snapshot(&self) -> Snapshot {
        let (mut completed, in_batch) = self.helper.as_ref().map(|helper| helper.under_way()).unwrap_or_default();
        let requested = completed.split_off(in_batch);
        let timers = self.timers.waiting().into_iter();
        Snapshot {
            ticks: lines(&self.queues.ticks),
            microtasks: lines(&self.queues.microtasks),
            timers: timers.map(|(timer, due)| (timer, due.saturating_sub(self.clock.now))).collect(),
            completed,
            requested,
            immediates: lines(&self.queues.immediates),
            closing: self.queues.closing.iter().map(|task| task.line()).collect(),
        }
    }
}

fn lines(queue: &VecDeque<Task>) -> Lines {
    queue.iter().map(|task| task.line()).collect()
}
