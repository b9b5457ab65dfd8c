//! When and on which thread a job ran, and which thread ran its callback.

use std::cell::RefCell;
use std::io;
use std::time::{Duration, Instant};

use thread_pool::tasks::thread_id;
use thread_pool::work::Task;
use thread_pool::{Executor, Outcome, Submitter};

/// A job's result, and where it came from. Times count from the moment before the first job was submitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Traced<T> {
    /// What the job returned.
    pub(crate) value: T,
    /// The kernel's id of the thread that ran the job.
    pub(crate) ran_on: i32,
    /// The kernel's id of the thread that ran its callback.
    pub(crate) completed_on: i32,
    /// When the job began.
    pub(crate) start: Duration,
    /// When it ended.
    pub(crate) end: Duration,
}

/// Has `executor` run all the tasks, and waits for them; returns their outcomes, in the order of the tasks.
///
/// # Errors
/// Those of [`Executor::execute`].
pub(crate) fn run_all<T: Send + 'static>(
    executor: &dyn Executor,
    tasks: Vec<Task<T>>,
) -> io::Result<Vec<Outcome<Traced<T>>>> {
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
