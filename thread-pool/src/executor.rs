//! What all pools have in common: given a closure, one of their threads runs it later.

use std::io;

/// What a pool runs, once.
pub type Job = Box<dyn FnOnce() + Send>;

/// The kind of a job: it decides how many threads may run such jobs at once. libuv has three kinds, but limits only slow
/// I/O; so the other two are one here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkKind {
    /// Files (libuv: `UV__WORK_FAST_IO`) and computation (`UV__WORK_CPU`): as many as there are threads.
    Ordinary,
    /// Lookups by name (libuv: `UV__WORK_SLOW_IO`), which may wait long for a server: at most half of the threads,
    /// rounded up.
    SlowIo,
}

/// A pool of threads.
pub trait Executor: Sync {
    /// Has a thread of the pool run the job, and returns without waiting for it. A pool that knows no kinds treats all
    /// jobs alike.
    ///
    /// # Errors
    /// When the pool can run nothing: no threads, or shut down. The job was dropped then.
    fn execute_as(&self, kind: WorkKind, job: Job) -> io::Result<()>;

    /// The same, for [`WorkKind::Ordinary`].
    ///
    /// # Errors
    /// Those of [`Executor::execute_as`].
    fn execute(&self, job: Job) -> io::Result<()> {
        self.execute_as(WorkKind::Ordinary, job)
    }
}
