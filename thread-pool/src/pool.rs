//! The pool: one queue, a few threads, nothing more. Node: libuv's, of which a process has one.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::crew::Crew;
use crate::executor::{Executor, Job, Lane};
use crate::queue::Queue;
use crate::shortage::Shortage;
use crate::size;
use crate::submitter::Submitter;

/// A fixed number of threads that take jobs from one queue, first in, first out.
///
/// No thread exists before the first job; then all are started at once. Dropped, it discards what is queued, waits for
/// the jobs that run, and joins every thread: none survives the pool. A job must not drop or shut down its own pool,
/// since that waits for the job.
pub struct Pool {
    size: usize,
    slow_limit: Option<usize>,
    queue: Arc<Queue>,
    crew: OnceLock<Crew>,
    /// Held to start the threads, and to stop them: so the two never cross.
    gate: Mutex<()>,
}

/// What becomes of the jobs that still wait when a pool is shut down. Those that run are always waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// They are run.
    Drain,
    /// They are dropped; a [`Submitter`] is told [`JobError::Discarded`](crate::JobError::Discarded).
    Discard,
}

impl Pool {
    /// A pool of `size` threads: 1 for 0, at most [`size::MAX`]. Starts none of them yet.
    pub fn new(size: usize) -> Self {
        let size = size.clamp(1, size::MAX);
        Self { size, slow_limit: None, queue: Arc::default(), crew: OnceLock::new(), gate: Mutex::new(()) }
    }

    /// A pool of the size that `UV_THREADPOOL_SIZE` asks for.
    ///
    /// # Errors
    /// Those of [`size::from_env`].
    pub fn from_env() -> Result<Self, size::NotASize> {
        Ok(Self::new(size::from_env()?))
    }

    /// Lets the slow lane hold up to `threads` threads (at least one), instead of half of those there are, rounded up.
    pub fn slow_limit(mut self, threads: usize) -> Self {
        self.slow_limit = Some(threads.max(1));
        self
    }

    /// How many threads it has, or will have once it is used.
    pub fn size(&self) -> usize {
        self.crew.get().map_or(self.size, |crew| crew.ids.len())
    }

    /// The kernel's ids of its threads, named `pool-0`, `pool-1`, … in this order; none before the first job.
    pub fn thread_ids(&self) -> &[i32] {
        self.crew.get().map_or(&[], |crew| &crew.ids)
    }

    /// What kept it from starting as many threads as it was asked for, if anything did.
    pub fn shortage(&self) -> Option<&Shortage> {
        self.crew.get()?.shortage.as_ref()
    }

    /// The calling thread's side of the pool, where its completions come back.
    pub fn submitter(&self) -> Submitter<'_> {
        Submitter::new(self)
    }

    /// Refuses new jobs, drains or discards what is queued, and joins the threads. A second call changes nothing.
    pub fn shutdown(&self, how: Shutdown) {
        let _gate = self.lock_gate();
        self.queue.close();
        if how == Shutdown::Discard {
            drop(self.queue.take_all());
        }
        if let Some(crew) = self.crew.get() {
            crew.join();
        }
    }

    /// A discarded job that panics as it is dropped must not keep the threads from being joined later.
    fn lock_gate(&self) -> MutexGuard<'_, ()> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the threads, if no job did so before.
    ///
    /// # Errors
    /// Those of [`Pool::execute`], but for the shutdown.
    pub fn start(&self) -> io::Result<()> {
        if self.crew.get().is_some() {
            return Ok(());
        }
        let _gate = self.lock_gate();
        if self.crew.get().is_none() && !self.queue.is_closed() {
            let crew = Crew::start(self.size, &self.queue)?;
            self.queue.allow_slow(self.slow_limit.unwrap_or(crew.ids.len().div_ceil(2)));
            let _ = self.crew.set(crew); // was empty, and we hold the gate
        }
        Ok(())
    }
}

impl Executor for Pool {
    /// Queues the job, and starts the threads if it is the first one.
    ///
    /// # Errors
    /// `BrokenPipe` after the shutdown. Where no thread at all can be started, the error says which limits to look at;
    /// the next call tries again. With fewer threads than asked for the pool works on: see [`Pool::shortage`].
    fn execute(&self, job: Job) -> io::Result<()> {
        self.execute_in(Lane::Fast, job)
    }

    fn execute_in(&self, lane: Lane, job: Job) -> io::Result<()> {
        self.start()?;
        let closed = "the pool was shut down and takes no more jobs: submit to another";
        self.queue.push(lane, job).map_err(|_job| io::Error::new(io::ErrorKind::BrokenPipe, closed))
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shutdown(Shutdown::Discard);
    }
}
