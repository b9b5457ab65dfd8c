//! Fails: urgent jobs that pass nobody are not counted
//!
//! It counts all urgent jobs since the last ordinary one, also those that passed nobody.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

/// How soon a job should run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Before ordinary jobs.
    Urgent,
    /// After urgent jobs; at most three of them pass.
    Ordinary,
}

type Job = Box<dyn FnOnce() + Send>;

/// How many urgent jobs may pass an ordinary one.
const MAX_PASSED: usize = 3;

#[derive(Default)]
struct State {
    urgent: VecDeque<Job>,
    ordinary: VecDeque<Job>,
    /// Urgent jobs in a row.
    passed: usize,
    closed: bool,
}

impl State {
    fn next(&mut self) -> Option<Job> {
        let urgent_first = self.ordinary.is_empty() || self.passed < MAX_PASSED;
        if urgent_first && let Some(job) = self.urgent.pop_front() {
            self.passed += 1;
            return Some(job);
        }
        self.passed = 0;
        self.ordinary.pop_front()
    }
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }

    /// Waits for the next job; `None` when the pool is closed and nothing is left.
    fn take(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            let job = state.next();
            if job.is_some() || state.closed {
                return job;
            }
            state = self.changed.wait(state).expect(UNPOISONED);
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
            thread::spawn(move || {
                while let Some(job) = shared.take() {
                    job();
                }
            })
        };
        let threads = (0..threads).map(start).collect();
        Self { shared, threads }
    }

    /// Gives a job to the pool.
    pub fn submit(&self, priority: Priority, job: impl FnOnce() + Send + 'static) {
        let mut state = self.shared.lock();
        match priority {
            Priority::Urgent => state.urgent.push_back(Box::new(job)),
            Priority::Ordinary => state.ordinary.push_back(Box::new(job)),
        }
        self.shared.changed.notify_one();
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
