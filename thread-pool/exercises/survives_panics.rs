//! Build a pool whose threads survive jobs that panic, and hand each result or panic back. (40 minutes)
//!
//! A pool has four threads. Every hundredth job has a bug. If a panic ended its thread, the pool would be dead after
//! four of them, and nobody would notice until the next job is never run. In Node.js an uncaught error ends the worker,
//! and a pool of workers has to start a new one; here the thread is kept.
//!
//! - `submit` gives the job to one of the pool's threads and returns at once; `Task::wait` returns the job's result.
//! - With n threads, n jobs run at the same time, none of them on the thread that submits.
//! - A job that panics does not end its thread: the same n threads go on. The panic's payload is what `wait` returns as
//!   `Err`.
//! - `wait` sleeps until the job is done.
//! - Dropping the pool runs all queued jobs, and then ends and joins the threads.
//!
//! What to know: `panic::catch_unwind(AssertUnwindSafe(job))` returns `thread::Result<R>`, which is what `wait` returns.
//! The jobs have different result types, the queue has one: a closure that runs the job and sends its result to the
//! task is a `Box<dyn FnOnce() + Send>`, whatever the result is. `mpsc::channel` is a queue, but with one receiver, so
//! several threads share it behind a `Mutex`; a lock that is taken in the head of `while let` is held during the body.
//! The channel is closed when its last sender is dropped. This chapter's pool calls back on the submitter's thread;
//! here the result is waited for, one job at a time.
//!
//! Check it with: cargo grade thread-pool survives_panics

use std::marker::PhantomData;
use std::thread;

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
    pub fn submit<R: Send + 'static>(&self, job: impl FnOnce() -> R + Send + 'static) -> Task<R> {
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
pub struct Task<R> {
    todo: PhantomData<R>,
}

impl<R> Task<R> {
    /// Waits until the job is done: its result, or the payload of its panic.
    pub fn wait(self) -> thread::Result<R> {
        todo!("wait for the result: {:?}", self.todo)
    }
}
