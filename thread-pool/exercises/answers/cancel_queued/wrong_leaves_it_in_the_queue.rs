//! Fails: a cancelled job is dropped at once, with all that it holds
//!
//! The job never runs, but it stays in the queue, with all that it holds, until a thread comes to it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
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

#[derive(Default)]
struct State {
    queue: VecDeque<(u64, Job)>,
    /// By number, for each job that has ended.
    ends: HashMap<u64, End>,
    running: HashSet<u64>,
    submitted: u64,
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
    fn take(&self) -> Option<(u64, Job)> {
        let nothing = |state: &mut State| state.queue.is_empty() && !state.closed;
        let mut state = self.work.wait_while(self.lock(), nothing).expect(UNPOISONED);
        state.queue.pop_front()
    }

    fn work(&self) {
        while let Some((number, job)) = self.take() {
            let mut state = self.lock();
            if state.ends.contains_key(&number) {
                continue; // it was cancelled
            }
            state.running.insert(number);
            drop(state);
            job();
            self.lock().ends.insert(number, End::Done);
            self.ended.notify_all();
        }
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
        let mut state = self.shared.lock();
        let number = state.submitted;
        state.submitted += 1;
        state.queue.push_back((number, Box::new(job)));
        self.shared.work.notify_one();
        JobHandle { shared: Arc::clone(&self.shared), number }
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
    number: u64,
}

impl JobHandle {
    /// Cancels the job if it is still queued.
    ///
    /// # Errors
    /// [`Busy`] if it is not.
    pub fn cancel(&self) -> Result<(), Busy> {
        let mut state = self.shared.lock();
        if state.ends.contains_key(&self.number) || state.running.contains(&self.number) {
            return Err(Busy);
        }
        state.ends.insert(self.number, End::Cancelled);
        self.shared.ended.notify_all();
        Ok(())
    }

    /// Waits until the job has ended.
    pub fn wait(&self) -> End {
        let mut state = self.shared.lock();
        loop {
            match state.ends.get(&self.number) {
                Some(end) => return *end,
                None => state = self.shared.ended.wait(state).expect(UNPOISONED),
            }
        }
    }
}
