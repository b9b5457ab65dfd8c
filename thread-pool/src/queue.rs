//! The one queue of the pool: first in, first out. Threads without a job sleep on it.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};

use crate::executor::Job;

#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    work: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// Threads that sleep on `work`.
    idle: usize,
    /// One of them was called and has not come yet. Who comes calls the next, if there is more to do.
    called: bool,
    closed: bool,
}

impl Queue {
    /// Gives the job back when the queue is closed.
    pub(crate) fn push(&self, job: Job) -> Result<(), Job> {
        let mut state = self.lock();
        if state.closed {
            return Err(job);
        }
        state.jobs.push_back(job);
        self.call_one(state);
        Ok(())
    }

    /// Waits for the next job; `None` once the queue is closed and empty.
    pub(crate) fn pop(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                self.call_one(state);
                return Some(job);
            }
            if state.closed {
                return None;
            }
            state.idle += 1;
            state = self.work.wait(state).expect(UNPOISONED);
            state.idle -= 1;
            state.called = false;
        }
    }

    /// Wakes a sleeping thread if there is a job for it. A wake-up is a system call, so there is never a second one
    /// under way: threads wake each other in turn, while jobs are left.
    fn call_one(&self, mut state: MutexGuard<'_, State>) {
        if state.idle > 0 && !state.called && !state.jobs.is_empty() {
            state.called = true;
            drop(state);
            self.work.notify_one();
        }
    }

    /// Refuses new jobs from now on. What is queued stays to be popped.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.work.notify_all();
    }

    /// Takes out what is queued. The caller drops it, which runs foreign code, without the lock.
    pub(crate) fn take_all(&self) -> VecDeque<Job> {
        std::mem::take(&mut self.lock().jobs)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }
}

/// Jobs run, and are dropped, without the lock.
const UNPOISONED: &str = "nothing panics while it holds the queue";
