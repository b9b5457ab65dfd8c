//! The queue and the ends of all jobs stand under one lock, so a job is in the queue or it is not: nothing between.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock};
use std::thread::{self, JoinHandle};

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

type Job = Box<dyn FnOnce() + Send>;

/// How a job ended, once it has. A job's handle and the pool share it; it is set with the lock held.
type SharedEnd = Arc<OnceLock<End>>;

#[derive(Default)]
struct State {
    queue: VecDeque<(SharedEnd, Job)>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// There is a job, or the pool was closed.
    work: Condvar,
    /// A job has ended.
    ended: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }

    /// Waits for the next job; `None` when the pool is closed and nothing is left.
    fn take(&self) -> Option<(SharedEnd, Job)> {
        let nothing = |state: &mut State| state.queue.is_empty() && !state.closed;
        let mut state = self.work.wait_while(self.lock(), nothing).expect(UNPOISONED);
        state.queue.pop_front()
    }

    fn work(&self) {
        while let Some((end, job)) = self.take() {
            job();
            self.end(&self.lock(), &end, End::Done);
        }
    }

    /// Notes the end of a job and wakes all that wait. The guard proves that the lock is held.
    fn end(&self, _state: &MutexGuard<'_, State>, of: &SharedEnd, end: End) {
        of.set(end).expect("a job ends once");
        self.ended.notify_all();
    }
}

const UNPOISONED: &str = "no thread panics while it holds the lock";

/// Threads that run jobs.
pub struct Pool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// A pool of `threads` threads, at least 1.
    pub fn new(threads: usize) -> Self {
        let shared = Arc::new(Shared::default());
        let start = |_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared.work())
        };
        let threads = (0..threads).map(start).collect();
        Self { shared, threads }
    }

    /// Gives a job to the pool. No job panics here.
    pub fn submit(&self, job: impl FnOnce() + Send + 'static) -> JobHandle {
        let end = SharedEnd::default();
        self.shared.lock().queue.push_back((Arc::clone(&end), Box::new(job)));
        self.shared.work.notify_one();
        JobHandle { shared: Arc::clone(&self.shared), end }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.work.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// A job that was submitted.
pub struct JobHandle {
    shared: Arc<Shared>,
    end: SharedEnd,
}

impl JobHandle {
    /// Cancels the job if it is still queued.
    ///
    /// # Errors
    /// [`Busy`] if it is not.
    pub fn cancel(&self) -> Result<(), Busy> {
        let mut state = self.shared.lock();
        let index = state.queue.iter().position(|(end, _)| Arc::ptr_eq(end, &self.end)).ok_or(Busy)?;
        let job = state.queue.remove(index);
        self.shared.end(&state, &self.end, End::Cancelled);
        drop(state); // a destructor in the job may use the pool
        drop(job);
        Ok(())
    }

    /// Waits until the job has ended.
    pub fn wait(&self) -> End {
        let mut state = self.shared.lock();
        loop {
            match self.end.get() {
                Some(end) => return *end,
                None => state = self.shared.ended.wait(state).expect(UNPOISONED),
            }
        }
    }
}
