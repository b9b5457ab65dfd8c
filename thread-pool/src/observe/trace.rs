//! When and on which thread a job ran, and which thread ran its callback.

use std::cell::RefCell;
use std::io;
use std::time::{Duration, Instant};

use crate::executor::Executor;
use crate::observe::tasks::thread_id;
use crate::outcome::Outcome;
use crate::submitter::Submitter;

/// A job that returns a `T`.
pub type Task<T> = Box<dyn FnOnce() -> T + Send>;

/// A job's result, and where it came from. Times count from the moment before the first job was submitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traced<T> {
    /// What the job returned.
    pub value: T,
    /// The kernel's id of the thread that ran the job.
    pub ran_on: i32,
    /// The kernel's id of the thread that ran its callback.
    pub completed_on: i32,
    /// When the job began.
    pub start: Duration,
    /// When it ended.
    pub end: Duration,
}

/// Has `executor` run all the tasks, and waits for them; returns their outcomes, in the order of the tasks.
///
/// # Errors
/// Those of [`Executor::execute`].
pub fn run_all<T: Send + 'static>(executor: &dyn Executor, tasks: Vec<Task<T>>) -> io::Result<Vec<Outcome<Traced<T>>>> {
    let outcomes = RefCell::new(Vec::new());
    let submitter = Submitter::new(executor);
    let begun = Instant::now();
    for (number, task) in tasks.into_iter().enumerate() {
        let outcomes = &outcomes;
        let job = move || {
            let (start, ran_on) = (begun.elapsed(), thread_id());
            Traced { value: task(), ran_on, completed_on: ran_on, start, end: begun.elapsed() }
        };
        let done = move |outcome: Outcome<Traced<T>>| {
            let called_back = outcome.map(|traced| Traced { completed_on: thread_id(), ..traced });
            outcomes.borrow_mut().push((number, called_back));
        };
        submitter.submit(job, done)?;
    }
    submitter.run_until_idle();
    drop(submitter);
    let mut outcomes = outcomes.into_inner();
    outcomes.sort_by_key(|(number, _)| *number);
    Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
}
