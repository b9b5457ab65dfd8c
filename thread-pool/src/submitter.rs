//! One thread's side of a pool: jobs go out, completions come back, and this thread runs their callbacks.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::iter;

use crate::completion::{Completion, CompletionGuard, JobHandle, Value};
use crate::executor::{Executor, WorkKind};
use crate::outcome::Outcome;
use crate::support::sync::{Receiver, Sender, unbounded};

type Callback<'e> = Box<dyn FnOnce(Outcome<Value>) + 'e>;

/// Submits jobs to a pool and runs their callbacks (libuv: *after-work*), on its own thread and only when asked to.
///
/// Callbacks never leave this thread, so they may use what is not `Send`, and borrow what outlives the submitter.
/// Every job that was accepted is completed exactly once. Dropped, the submitter forgets its callbacks; its jobs run.
pub struct Submitter<'e> {
    executor: &'e dyn Executor,
    callbacks: RefCell<HashMap<u64, Callback<'e>>>,
    next: Cell<u64>,
    /// Each completion guard has a copy. This one keeps the inbox open.
    outbox: Sender<Completion>,
    inbox: Receiver<Completion>,
}

impl<'e> Submitter<'e> {
    /// The calling thread's side of `executor`.
    pub fn new(executor: &'e dyn Executor) -> Self {
        let (outbox, inbox) = unbounded();
        Self { executor, callbacks: RefCell::default(), next: Cell::new(0), outbox, inbox }
    }

    /// Has the pool run `job`. Its outcome is given to `done`, here, when completions are asked for.
    ///
    /// # Errors
    /// Those of [`Executor::execute`]; then neither the job nor `done` will run.
    pub fn submit<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(Outcome<T>) + 'e,
    ) -> io::Result<JobHandle> {
        self.submit_as(WorkKind::Ordinary, job, done)
    }

    /// The same, for a job of that kind.
    ///
    /// # Errors
    /// Those of [`Executor::execute`]; then neither the job nor `done` will run.
    pub fn submit_as<T: Send + 'static>(
        &self,
        kind: WorkKind,
        job: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(Outcome<T>) + 'e,
    ) -> io::Result<JobHandle> {
        let id = self.next.replace(self.next.get() + 1);
        let (guard, handle) = CompletionGuard::new(id, self.outbox.clone());
        self.executor.execute_as(kind, Box::new(move || guard.run(job)))?;
        let done = move |outcome: Outcome<Value>| {
            done(outcome.map(|value| *value.downcast().expect("the job and its callback agree on the type")));
        };
        self.callbacks.borrow_mut().insert(id, Box::new(done));
        Ok(handle)
    }

    /// How many jobs were submitted and not yet completed here.
    pub fn outstanding(&self) -> usize {
        self.callbacks.borrow().len()
    }

    /// Runs the callbacks of the jobs that are done, one batch, without waiting; returns how many. A batch is no more
    /// than was outstanding at its start, so this returns even where callbacks submit more.
    ///
    /// # Panics
    /// When a callback does; the rest of the batch is left for the next call.
    pub fn run_completions(&self) -> usize {
        self.inbox.try_iter().take(self.outstanding()).map(|completion| self.call_back(completion)).sum()
    }

    /// Waits until a job is done, then runs that batch; returns how many callbacks: 0 when nothing is outstanding.
    ///
    /// # Panics
    /// When a callback does; the rest of the batch is left for the next call.
    pub fn wait_completions(&self) -> usize {
        let mut ran = 0;
        while ran == 0 && self.outstanding() > 0 {
            let first = self.inbox.recv().expect("the submitter holds a sender, too");
            ran = self.call_back(first) + self.run_completions();
        }
        ran
    }

    /// Waits for all that is outstanding, batch by batch; returns how many callbacks ran.
    ///
    /// # Panics
    /// When a callback does; the rest of the batch is left for the next call.
    pub fn run_until_idle(&self) -> usize {
        iter::repeat_with(|| self.wait_completions()).take_while(|ran| *ran > 0).sum()
    }

    /// Runs the callback of one job; returns how many callbacks ran: 1, or 0 for a job that the pool did not accept. Its
    /// guard sends an outcome, too, but it has no callback.
    fn call_back(&self, (id, outcome): Completion) -> usize {
        let Some(callback) = self.callbacks.borrow_mut().remove(&id) else { return 0 };
        callback(outcome);
        1
    }
}
