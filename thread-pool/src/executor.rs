//! What the three pools have in common: given a closure, some thread of theirs runs it, some time.

use std::error::Error;
use std::io;
use std::panic;

/// What a pool runs, once.
pub type Job = Box<dyn FnOnce() + Send>;

/// Which jobs a job competes with for threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Files, computation.
    Fast,
    /// What may wait long for somebody else: lookups by name. Holds at most half of this pool's threads, rounded up.
    Slow,
}

/// A pool of threads.
pub trait Executor: Sync {
    /// Has a thread of the pool run the job, and returns without waiting for it. A pool without lanes treats all jobs
    /// alike.
    ///
    /// # Errors
    /// When the pool can run nothing: no thread, or shut down. The job was dropped then.
    fn execute_in(&self, lane: Lane, job: Job) -> io::Result<()>;

    /// The same, in the fast lane.
    ///
    /// # Errors
    /// Those of [`Executor::execute_in`].
    fn execute(&self, job: Job) -> io::Result<()> {
        self.execute_in(Lane::Fast, job)
    }
}

impl Executor for threadpool::ThreadPool {
    /// One queue behind a lock. A job that panics costs its thread, and another is started in its place.
    fn execute_in(&self, _lane: Lane, job: Job) -> io::Result<()> {
        self.execute(job);
        Ok(())
    }
}

impl Executor for rayon::ThreadPool {
    /// From outside the pool: one shared queue. From a job of the pool: that thread's own queue, from which an idle
    /// one may steal.
    fn execute_in(&self, _lane: Lane, job: Job) -> io::Result<()> {
        self.spawn(job);
        Ok(())
    }
}

/// The crate `threadpool`'s pool. Its threads are started here; its drop waits neither for its jobs nor its threads.
///
/// # Errors
/// Where a thread cannot be started: `threadpool` panics then, and writes that to standard error.
pub fn threadpool(size: usize) -> io::Result<threadpool::ThreadPool> {
    let build = || threadpool::Builder::new().num_threads(size.max(1)).thread_name("threadpool".to_owned()).build();
    panic::catch_unwind(build).map_err(|_| io::Error::other(format!("threadpool cannot start {size} threads")))
}

/// A rayon pool, apart from rayon's global one. Its threads are started here; its drop asks them to end once its jobs
/// are done, and waits for neither.
///
/// # Errors
/// Where a thread cannot be started, of the kind that this had.
pub fn rayon(size: usize) -> io::Result<rayon::ThreadPool> {
    let builder = rayon::ThreadPoolBuilder::new().num_threads(size.max(1)).thread_name(|n| format!("rayon-{n}"));
    // Without a handler a panic in `spawn` aborts the process.
    builder.panic_handler(drop).build().map_err(|error| {
        let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
        io::Error::new(cause.map_or(io::ErrorKind::Other, io::Error::kind), error)
    })
}
