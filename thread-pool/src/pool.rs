//! The pool: one queue, a few threads, nothing more. Node: libuv's, of which a process has one.

use std::env;
use std::io;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crate::crew::Crew;
use crate::executor::{Executor, Job, Lane};
use crate::queue::Queue;
use crate::size;
use crate::submitter::Submitter;
use crate::tasks;

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
    /// Locked to start the threads, and to join them: so the two never cross.
    handles: Mutex<Vec<JoinHandle<()>>>,
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
        Self { size, slow_limit: None, queue: Arc::default(), crew: OnceLock::new(), handles: Mutex::default() }
    }

    /// A pool of the size that `UV_THREADPOOL_SIZE` asks for.
    ///
    /// # Errors
    /// Those of [`size::parse`].
    pub fn from_env() -> io::Result<Self> {
        Ok(Self::new(size::parse(env::var_os(size::VARIABLE).as_deref())?))
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

    /// What kept it from starting as many threads as it was asked for, if anything did: the limits to look at.
    pub fn shortage(&self) -> Option<&io::Error> {
        self.crew.get()?.shortage.as_ref()
    }

    /// The calling thread's side of the pool, where its completions come back.
    pub fn submitter(&self) -> Submitter<'_> {
        Submitter::new(self)
    }

    /// Refuses new jobs, drains or discards what is queued, and joins the threads, until the kernel has forgotten them,
    /// too. A second call changes nothing.
    pub fn shutdown(&self, how: Shutdown) {
        self.queue.close();
        if how == Shutdown::Discard {
            drop(self.queue.take_all());
        }
        let mut handles = self.handles.lock().expect(UNPOISONED);
        for handle in handles.drain(..) {
            let _ = handle.join(); // Err when dropping a panic's payload panicked in turn: that thread has ended, too
        }
        tasks::wait_until_gone(self.thread_ids(), Duration::from_secs(1)); // more than the kernel ever needs
    }

    /// Starts the threads, if no job did so before.
    ///
    /// # Errors
    /// Those of [`Pool::execute`], but for the shutdown.
    pub fn start(&self) -> io::Result<()> {
        if self.crew.get().is_some() {
            return Ok(());
        }
        let mut handles = self.handles.lock().expect(UNPOISONED);
        if self.crew.get().is_none() && !self.queue.is_closed() {
            let mut crew = Crew::start(self.size, &self.queue, Builder::spawn)?;
            self.queue.allow_slow(self.slow_limit.unwrap_or(crew.ids.len().div_ceil(2)));
            handles.append(&mut crew.handles);
            let _ = self.crew.set(crew); // was empty, and we hold the lock
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

const UNPOISONED: &str = "nothing panics while it holds the threads";
