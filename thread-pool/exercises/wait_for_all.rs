//! Build a pool with a wait that sleeps until every job is done, also those that jobs submit. (45 minutes)
//!
//! A program walks through a tree of folders: one job per folder, and each job submits a job for every folder that it
//! finds. When is the walk done? Not when the queue is empty, for a job that runs may submit more. Node.js answers that
//! for you: the process ends when nothing is pending any more.
//!
//! - `wait_for_all` returns when all jobs that were submitted before are done, and all that these jobs have submitted.
//!   (Jobs that another thread submits meanwhile may be waited for, too.)
//! - A job that runs is not done, even if the queue is empty.
//! - A job that panics is done, too, and its thread goes on.
//! - `wait_for_all` sleeps while it waits. Several threads may wait at the same time: all are woken.
//! - If nothing is pending it returns at once, and the pool can be used and waited for again.
//! - Dropping the pool runs all queued jobs, and then ends and joins the threads. (A job submits no more then.)
//!
//! What to know: count the jobs that are pending: a job counts from `submit` until it has returned, also while it runs,
//! so the count is 0 only when no job is left that could submit another one. `Condvar::wait_while` sleeps until then;
//! `notify_all` wakes all. `panic::catch_unwind(AssertUnwindSafe(job))` returns `Err` after a panic. Each job gets a
//! `&Jobs`, with which it can submit more. The chapter's `run_until_idle` counts the jobs of one thread, which alone may
//! submit; here every thread may, and the jobs themselves.
//!
//! Check it with: cargo grade thread-pool wait_for_all

use std::marker::PhantomData;
use std::sync::Arc;

/// Where jobs are submitted, by the pool's owner and by jobs. Its fields are yours to choose.
pub struct Jobs {
    todo: PhantomData<()>,
}

impl Jobs {
    /// Gives a job to the pool. It gets the `Jobs`, to submit more.
    pub fn submit(&self, job: impl FnOnce(&Jobs) + Send + 'static) {
        let _ = job;
        todo!("queue the job: {:?}", self.todo)
    }
}

/// Threads that run jobs. More fields are yours to choose.
pub struct Pool {
    jobs: Arc<Jobs>,
}

impl Pool {
    /// A pool of `threads` threads, at least 1.
    pub fn new(threads: usize) -> Self {
        todo!("start {threads} threads")
    }

    /// Where jobs are submitted.
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// Waits until all jobs are done.
    pub fn wait_for_all(&self) {
        todo!("wait until nothing is pending: {:?}", self.jobs.todo)
    }
}

impl Drop for Pool {
    /// Runs what is queued, and then ends and joins the threads.
    fn drop(&mut self) {
        // Yours to write, once there are threads.
    }
}
