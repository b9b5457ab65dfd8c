//! Two pools that people use in Rust, behind the same interface as this chapter's.

use std::error::Error;
use std::io;
use std::panic;

use crate::executor::{Executor, Job, WorkKind};
use crate::outcome::drop_quietly;

impl Executor for threadpool::ThreadPool {
    /// One queue behind a lock. A job that panics ends its thread, and another is started in its place.
    fn execute_as(&self, _kind: WorkKind, job: Job) -> io::Result<()> {
        self.execute(job);
        Ok(())
    }
}

impl Executor for rayon::ThreadPool {
    /// From outside the pool: one shared queue. From a job of the pool: that thread's queue, from which an idle thread
    /// may steal.
    fn execute_as(&self, _kind: WorkKind, job: Job) -> io::Result<()> {
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
    builder.panic_handler(drop_quietly).build().map_err(|error| {
        let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
        io::Error::new(cause.map_or(io::ErrorKind::Other, io::Error::kind), error)
    })
}
