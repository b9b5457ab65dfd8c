//! Two pools that people use in Rust, behind the same interface as this chapter's.

use std::io;

use thread_pool::{Executor, Job, WorkKind};

/// The pool of the crate `threadpool`: one queue behind a lock. A job that panics ends its thread, and another is
/// started in its place. Its drop waits for neither its jobs nor its threads.
pub(crate) struct Threadpool(threadpool::ThreadPool);

impl Threadpool {
    pub(crate) fn new(size: usize) -> Self {
        Self(threadpool::ThreadPool::new(size))
    }
}

impl Executor for Threadpool {
    fn execute_as(&self, _kind: WorkKind, job: Job) -> io::Result<()> {
        self.0.execute(job);
        Ok(())
    }
}

/// A rayon pool, apart from rayon's global one: from outside the pool one shared queue, from a job that thread's queue,
/// from which an idle thread may steal. Its drop asks the threads to end once its jobs are done, and waits for neither.
pub(crate) struct Rayon(rayon::ThreadPool);

impl Rayon {
    /// Without a panic handler, a panic in a job would abort the process.
    pub(crate) fn new(size: usize) -> Self {
        Self(rayon::ThreadPoolBuilder::new().num_threads(size).panic_handler(drop).build().expect("threads start"))
    }
}

impl Executor for Rayon {
    fn execute_as(&self, _kind: WorkKind, job: Job) -> io::Result<()> {
        self.0.spawn(job);
        Ok(())
    }
}
