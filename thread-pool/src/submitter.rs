//! One thread's side of a pool: jobs go out, completions come back, and this thread runs their callbacks.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::io;
use std::panic::{self, AssertUnwindSafe};

use crossbeam_channel::{Receiver, Sender};

use crate::executor::Executor;

/// What came of a job.
pub type Outcome<T> = Result<T, JobError>;

/// Why a job has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobError {
    /// It panicked, with this message.
    Panicked(String),
    /// It never ran: the pool was shut down first.
    Discarded,
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Panicked(message) => write!(f, "the job panicked: {message}"),
            Self::Discarded => write!(f, "the job never ran: its pool was shut down first"),
        }
    }
}

impl Error for JobError {}

/// A job's result on its way back; only the job and its callback know the type.
type Value = Box<dyn Any + Send>;
type Completion = (u64, Outcome<Value>);
type Callback<'e> = Box<dyn FnOnce(Outcome<Value>) + 'e>;

/// Submits jobs to a pool and runs their callbacks (libuv: *after-work*), on its own thread and only when asked to.
///
/// Callbacks never leave this thread, so they may use what is not `Send`, and borrow what outlives the submitter.
/// Every job that was accepted is completed exactly once. Dropped, the submitter forgets its callbacks; its jobs run.
pub struct Submitter<'e> {
    executor: &'e dyn Executor,
    callbacks: RefCell<HashMap<u64, Callback<'e>>>,
    next: Cell<u64>,
    reply_to: Sender<Completion>,
    inbox: Receiver<Completion>,
}

impl<'e> Submitter<'e> {
    /// The calling thread's side of `executor`.
    pub fn new(executor: &'e dyn Executor) -> Self {
        let (reply_to, inbox) = crossbeam_channel::unbounded();
        Self { executor, callbacks: RefCell::default(), next: Cell::new(0), reply_to, inbox }
    }

    /// Has the pool run `job`. Its outcome is given to `done`, here, when completions are asked for.
    ///
    /// # Errors
    /// Those of [`Executor::execute`]; then neither the job nor `done` will run.
    pub fn submit<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(Outcome<T>) + 'e,
    ) -> io::Result<()> {
        let id = self.next.replace(self.next.get() + 1);
        let ticket = Ticket { id, outcome: None, reply_to: self.reply_to.clone() };
        self.executor.execute(Box::new(move || ticket.run(job)))?;
        let done = move |outcome: Outcome<Value>| {
            done(outcome.map(|value| *value.downcast().expect("the job and its callback agree on the type")));
        };
        self.callbacks.borrow_mut().insert(id, Box::new(done));
        Ok(())
    }

    /// How many jobs were submitted and not yet completed here.
    pub fn outstanding(&self) -> usize {
        self.callbacks.borrow().len()
    }

    /// Runs the callbacks of what has come back, one batch, without waiting; how many. What comes back meanwhile is
    /// left for the next batch, so that this returns however quick the pool is.
    ///
    /// # Panics
    /// When a callback does; the rest of the batch is left for the next call.
    pub fn run_completions(&self) -> usize {
        let batch = self.inbox.try_iter().take(self.inbox.len());
        batch.filter_map(|completion| self.deliver(completion)).count()
    }

    /// Waits until something has come back, then runs that batch; how many callbacks: 0 when nothing is outstanding.
    ///
    /// # Panics
    /// When a callback does.
    pub fn wait_completions(&self) -> usize {
        while self.outstanding() > 0 {
            let first = self.inbox.recv().expect("this side holds a sender, so the channel stays open");
            let first = self.deliver(first).map_or(0, |()| 1);
            let ran = first + self.run_completions();
            if ran > 0 {
                return ran;
            }
        }
        0
    }

    /// Waits for all that is outstanding, batch by batch; how many callbacks ran.
    ///
    /// # Panics
    /// When a callback does.
    pub fn run_until_idle(&self) -> usize {
        let mut ran = 0;
        while self.outstanding() > 0 {
            ran += self.wait_completions();
        }
        ran
    }

    /// `None` for a job that was not accepted: its ticket comes back, too, and nobody waits for it.
    fn deliver(&self, (id, outcome): Completion) -> Option<()> {
        let callback = self.callbacks.borrow_mut().remove(&id)?;
        callback(outcome);
        Some(())
    }
}

/// Goes with a job and, when it is dropped, sends back what came of it. A job that panics, or is dropped before it
/// ran, drops its ticket like any other: so each is completed, and only once, whatever the pool does with it.
struct Ticket {
    id: u64,
    outcome: Option<Outcome<Value>>,
    reply_to: Sender<Completion>,
}

impl Ticket {
    fn run<T: Send + 'static>(mut self, job: impl FnOnce() -> T) {
        self.outcome = Some(match panic::catch_unwind(AssertUnwindSafe(job)) {
            Ok(value) => Ok(Box::new(value)),
            Err(payload) => Err(JobError::Panicked(message(&*payload))),
        });
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let outcome = self.outcome.take().unwrap_or(Err(JobError::Discarded));
        let _ = self.reply_to.send((self.id, outcome)); // nobody to tell when the submitter is gone
    }
}

/// `panic!` carries a `&str` or a `String`; `panic_any` may carry anything.
fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a value without a text").to_owned()
}
