//! Who ran a job, and who ran its callback.

use std::cell::RefCell;
use std::io;

use crate::executor::Executor;
use crate::outcome::{JobError, Outcome};
use crate::submitter::Submitter;
use crate::tasks::thread_id;

/// A job that gives a `T`.
pub type Task<T> = Box<dyn FnOnce() -> T + Send>;

/// A job's result, with the kernel's ids of the threads it met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traced<T> {
    /// What the job returned.
    pub value: T,
    /// The thread that ran the job.
    pub ran_on: i32,
    /// The thread that ran its callback.
    pub completed_on: i32,
}

/// Has `executor` run all the tasks, and waits for them; their outcomes, in the order of the tasks.
///
/// # Errors
/// Those of [`Executor::execute`].
pub fn run_all<T: Send + 'static>(executor: &dyn Executor, tasks: Vec<Task<T>>) -> io::Result<Vec<Outcome<Traced<T>>>> {
    let outcomes = RefCell::new(tasks.iter().map(|_| Err(JobError::Discarded)).collect::<Vec<_>>());
    let submitter = Submitter::new(executor);
    for (n, task) in tasks.into_iter().enumerate() {
        let outcomes = &outcomes;
        submitter.submit(
            move || (task(), thread_id()),
            move |outcome| {
                let traced = |(value, ran_on)| Traced { value, ran_on, completed_on: thread_id() };
                outcomes.borrow_mut()[n] = outcome.map(traced);
            },
        )?;
    }
    submitter.run_until_idle();
    drop(submitter);
    Ok(outcomes.into_inner())
}
