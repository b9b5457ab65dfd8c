//! Build a pool whose queued jobs can be cancelled, and leave the queue at once. (50 minutes)
//!
//! A user scrolls past pictures faster than they can be loaded. What has not begun need not begin. libuv's `uv_cancel`
//! works like that: a request that is queued is taken out of the queue, one that runs or is done is refused with
//! `UV_EBUSY`. A thread cannot be made to stop in the middle of a job.
//!
//! - A queued job that is cancelled never runs: `cancel` returns `Ok`.
//! - A job that runs, is done, or was cancelled before cannot be cancelled: `Err(Busy)`, and nothing changes.
//! - Many threads may cancel the same job at the same time: one of them succeeds.
//! - A cancelled job leaves the queue at once. When `cancel` returns, the job is dropped with all that it holds, even if
//!   every thread is busy.
//! - `wait` sleeps until the job has ended, and says how. Several threads may wait for a job; all of them are woken.
//! - Dropping the pool runs all queued jobs that were not cancelled, and then ends and joins the threads.
//!
//! What to know: guard the queue, a `VecDeque`, and the ends of the jobs by one `Mutex`: so they never disagree. A number,
//! or `Arc::ptr_eq` for something that the handle and the queued job share, says which job in the queue is meant;
//! `position` finds it, and `VecDeque::remove(index)` takes it out. A job may hold values whose destructors take long, or
//! use the pool: drop it after the lock was released. In the lesson `cancel` the job stays in the queue, with all
//! that it captured, until its turn comes; here it is taken out, as libuv does it.
//!
//! Check it with: cargo grade thread-pool cancel_queued

use std::marker::PhantomData;

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It was run.
    Done,
    /// It was cancelled, and never run.
    Cancelled,
}

/// The job cannot be cancelled: it runs, is done, or was cancelled before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

/// Threads that run jobs. Its fields are yours to choose.
pub struct Pool {
    todo: PhantomData<()>,
}

impl Pool {
    /// A pool of `threads` threads, at least 1.
    pub fn new(threads: usize) -> Self {
        todo!("start {threads} threads")
    }

    /// Gives a job to the pool. No job panics here.
    pub fn submit(&self, job: impl FnOnce() + Send + 'static) -> JobHandle {
        let _ = job;
        todo!("queue the job: {:?}", self.todo)
    }
}

impl Drop for Pool {
    /// Runs what is queued, and then ends and joins the threads.
    fn drop(&mut self) {
        // Yours to write, once there are threads.
    }
}

/// A job that was submitted. Its fields are yours to choose.
pub struct JobHandle {
    todo: PhantomData<()>,
}

impl JobHandle {
    /// Cancels the job if it is still queued.
    ///
    /// # Errors
    /// [`Busy`] if it is not.
    pub fn cancel(&self) -> Result<(), Busy> {
        todo!("take the job out of the queue: {:?}", self.todo)
    }

    /// Waits until the job has ended.
    pub fn wait(&self) -> End {
        todo!("wait for the end: {:?}", self.todo)
    }
}
