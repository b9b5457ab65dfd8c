//! Fails: dropping the pool runs what is queued, and no thread is left
//!
//! The queue is closed, but nobody waits for the threads: drop returns while jobs are still queued.

use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// Runs a job and sends its result; the same type for jobs of all results.
type Job = Box<dyn FnOnce() + Send>;

/// Threads that run jobs.
pub struct Pool {
    /// `None` once the pool is being dropped.
    queue: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// A pool of `threads` threads, at least 1.
    pub fn new(threads: usize) -> Self {
        let (job_tx, job_rx) = mpsc::channel();
        let job_rx = Arc::new(Mutex::new(job_rx));
        let start = |_| {
            let job_rx = Arc::clone(&job_rx);
            thread::spawn(move || work(&job_rx))
        };
        Self { queue: Some(job_tx), threads: (0..threads).map(start).collect() }
    }

    /// Gives a job to the pool.
    pub fn submit<R: Send + 'static>(&self, job: impl FnOnce() -> R + Send + 'static) -> Task<R> {
        let (result_tx, result_rx) = mpsc::channel();
        let run = move || {
            let result = panic::catch_unwind(AssertUnwindSafe(job));
            let _ = result_tx.send(result); // nobody may wait for it
        };
        let queue = self.queue.as_ref().expect("the pool is not being dropped");
        queue.send(Box::new(run)).expect("the threads hold the receiver");
        Task { result: result_rx }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queue = None; // closes the channel
        self.threads.clear();
    }
}

/// One thread: it runs jobs until the queue is closed and empty.
fn work(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let next = jobs.lock().expect("no thread panics while it holds the lock").recv(); // released here
        match next {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

/// A job that was submitted.
pub struct Task<R> {
    result: Receiver<thread::Result<R>>,
}

impl<R> Task<R> {
    /// Waits until the job is done: its result, or the payload of its panic.
    pub fn wait(self) -> thread::Result<R> {
        self.result.recv().expect("each job sends its result")
    }
}
