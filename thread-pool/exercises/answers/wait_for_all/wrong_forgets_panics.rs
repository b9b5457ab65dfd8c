//! Fails: a job that panics is done, and its thread goes on
//!
//! A panic ends the thread, and skips the lines that count the job as done: the wait never returns.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

type Job = Box<dyn FnOnce(&Jobs) + Send>;

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    /// Jobs that are queued or run.
    pending: usize,
    closed: bool,
}

/// Where jobs are submitted, by the pool's owner and by jobs.
#[derive(Default)]
pub struct Jobs {
    state: Mutex<State>,
    /// There is a job, or the pool was closed.
    work: Condvar,
    /// Nothing is pending.
    all_done: Condvar,
}

impl Jobs {
    /// Gives a job to the pool. It gets the `Jobs`, to submit more.
    pub fn submit(&self, job: impl FnOnce(&Jobs) + Send + 'static) {
        let mut state = self.lock();
        state.pending += 1;
        state.queue.push_back(Box::new(job));
        self.work.notify_one();
    }

    /// One thread: it runs jobs until the pool is closed and nothing is queued.
    fn run_all(&self) {
        while let Some(job) = self.take() {
            job(self);
            let mut state = self.lock();
            state.pending -= 1;
            if state.pending == 0 {
                self.all_done.notify_all();
            }
        }
    }

    fn take(&self) -> Option<Job> {
        let nothing = |state: &mut State| state.queue.is_empty() && !state.closed;
        let mut state = self.work.wait_while(self.lock(), nothing).expect(UNPOISONED);
        state.queue.pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }
}

const UNPOISONED: &str = "no thread panics while it holds the lock";

/// Threads that run jobs.
pub struct Pool {
    jobs: Arc<Jobs>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// A pool of `threads` threads, at least 1.
    pub fn new(threads: usize) -> Self {
        let jobs = Arc::new(Jobs::default());
        let start = |_| {
            let jobs = Arc::clone(&jobs);
            thread::spawn(move || jobs.run_all())
        };
        let threads = (0..threads).map(start).collect();
        Self { jobs, threads }
    }

    /// Where jobs are submitted.
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// Waits until all jobs are done.
    pub fn wait_for_all(&self) {
        let pending = |state: &mut State| state.pending > 0;
        drop(self.jobs.all_done.wait_while(self.jobs.lock(), pending).expect(UNPOISONED));
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.jobs.lock().closed = true;
        self.jobs.work.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
