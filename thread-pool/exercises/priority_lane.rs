//! Build a pool that runs urgent jobs first, but never lets ordinary ones starve. (45 minutes)
//!
//! A pool makes thumbnails all day, and now and then a user waits for one. Urgent jobs overtake ordinary ones. But if
//! urgent jobs keep coming, "urgent first" alone would never run an ordinary one again, as a Node.js program that calls
//! `process.nextTick` from `process.nextTick` never comes to its timers. So there is a rule, and it says exactly which
//! job is next:
//!
//! - Urgent jobs come first; within each kind, the order is that of `submit`.
//! - A job that begins while an ordinary job waits in the queue *passes* it, if it is urgent. After three urgent jobs in
//!   a row have passed, the next job is the ordinary one that has waited longest. Then the count starts again.
//! - An urgent job that begins while no ordinary job waits passes nobody, and is not counted.
//! - With n threads, n jobs run at the same time. Threads without a job sleep.
//! - Dropping the pool runs all queued jobs, and then ends and joins the threads.
//!
//! What to know: two `VecDeque`s and a counter under one `Mutex`, and a `Condvar` for the threads that have nothing to do.
//! Decide which job is next in a function that is called with the lock held, and run the job after the lock was
//! released. The cap on slow I/O in this chapter's pool limits how many threads one kind of job may hold; no job
//! overtakes another there because it is urgent.
//!
//! Check it with: cargo grade thread-pool priority_lane

use std::marker::PhantomData;

/// How soon a job should run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Before ordinary jobs.
    Urgent,
    /// After urgent jobs; at most three of them pass.
    Ordinary,
}

/// Threads that run jobs. Its fields are yours to choose.
pub struct Pool {
    todo: PhantomData<()>,
}

impl Pool {
    /// A pool of `threads` threads, at least 1.
    pub fn new(threads: usize) -> Self {
        todo!("start {threads} threads")
    }

    /// Gives a job to the pool.
    pub fn submit(&self, priority: Priority, job: impl FnOnce() + Send + 'static) {
        let _ = job;
        todo!("queue a job, {priority:?}: {:?}", self.todo)
    }
}

impl Drop for Pool {
    /// Runs what is queued, and then ends and joins the threads.
    fn drop(&mut self) {
        // Yours to write, once there are threads.
    }
}
