//! The pool: one queue, a few threads, nothing more. Node: libuv's, of which a process has one.

use std::env;
use std::io;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crate::executor::{Executor, Job, WorkKind};
use crate::observe::tasks;
use crate::outcome::drop_quietly;
use crate::queue::Queue;
use crate::size;
use crate::submitter::Submitter;
use crate::threads::PoolThreads;

/// A fixed number of threads that take jobs from one queue, first in, first out.
///
/// No thread exists before the first job; then all are started at once. Dropped, it discards what is queued, waits for
/// the jobs that run, and joins every thread: none survives the pool. A job must not drop or shut down its own pool,
/// since that waits for the job.
pub struct Pool {
    size: usize,
    queue: Arc<Queue>,
    /// The kernel's ids of the threads, once they are started.
    ids: OnceLock<Vec<i32>>,
    /// Locked to start the threads and to join them, so that the two never happen at once.
    handles: Mutex<Vec<JoinHandle<()>>>,
}

/// What happens to the jobs that are still queued when a pool is shut down. Those that run are always waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// They are run.
    Drain,
    /// They are dropped; a [`Submitter`] gets [`JobError::Discarded`](crate::JobError::Discarded).
    Discard,
}

impl Pool {
    /// A pool of `size` threads: 1 for 0, at most [`size::MAX`]. Starts none of them yet.
    pub fn new(size: usize) -> Self {
        let size = size.clamp(1, size::MAX);
        Self { size, queue: Arc::default(), ids: OnceLock::new(), handles: Mutex::default() }
    }

    /// A pool of the size that `UV_THREADPOOL_SIZE` asks for.
    ///
    /// # Errors
    /// Those of [`size::parse`].
    pub fn from_env() -> io::Result<Self> {
        Ok(Self::new(size::parse(env::var_os(size::VARIABLE).as_deref())?))
    }

    /// How many threads it has, or will have once it is used.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The kernel's ids of its threads, named `pool-0`, `pool-1`, …, in no particular order; none before the first job.
    pub fn thread_ids(&self) -> &[i32] {
        self.ids.get().map_or(&[], Vec::as_slice)
    }

    /// The calling thread's side of the pool, where its completions come back.
    pub fn submitter(&self) -> Submitter<'_> {
        Submitter::new(self)
    }

    /// Refuses new jobs, drains or discards what is queued, and joins the threads. Then it waits until the kernel lists
    /// none of them, which it does a moment later, but at most 1 s. A second call changes nothing.
    pub fn shutdown(&self, how: Shutdown) {
        self.queue.close();
        if how == Shutdown::Discard {
            self.queue.take_all().into_iter().for_each(drop_quietly);
        }
        let mut handles = self.handles.lock().expect(UNPOISONED);
        for handle in handles.drain(..) {
            handle.join().expect("a thread of the pool catches every panic");
        }
        tasks::wait_until_gone(self.thread_ids(), Duration::from_secs(1)); // they have ended: this only looks at the list
    }

    /// Starts the threads, if no job did so before.
    ///
    /// # Errors
    /// Those of [`Pool::execute`], but for the shutdown.
    pub fn start(&self) -> io::Result<()> {
        if self.ids.get().is_some() {
            return Ok(());
        }
        let mut handles = self.handles.lock().expect(UNPOISONED);
        if self.ids.get().is_none() && !self.queue.is_closed() {
            let threads = PoolThreads::start(self.size, &self.queue, Builder::spawn)?;
            self.queue.allow_slow(self.size.div_ceil(2));
            *handles = threads.handles;
            let _ = self.ids.set(threads.ids); // was empty, and we hold the lock
        }
        Ok(())
    }
}

impl Executor for Pool {
    /// Queues the job, and starts the threads if it is the first one.
    ///
    /// # Errors
    /// `BrokenPipe` after the shutdown. Where not all threads can be started, none is; the error says which limits to
    /// look at, and the next call tries again. (libuv aborts the process.)
    fn execute_as(&self, kind: WorkKind, job: Job) -> io::Result<()> {
        self.start()?;
        let closed = "the pool was shut down and takes no more jobs: submit to another";
        self.queue.push(kind, job).map_err(|_job| io::Error::new(io::ErrorKind::BrokenPipe, closed))
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shutdown(Shutdown::Discard);
    }
}

const UNPOISONED: &str = "nothing panics while it holds the threads";
