//! The one queue of the pool: first in, first out, with a cap on slow I/O. Threads without a job sleep on it.

use std::collections::VecDeque;

use crate::executor::{Job, WorkKind};
use crate::support::sync::{Condvar, Mutex, MutexGuard, yield_now};

#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    work: Condvar,
}

/// What stands in the queue.
enum Entry {
    Ordinary(Job),
    /// Stands for all the slow jobs: the thread that takes it runs the first of them. It is here exactly while there is one.
    SlowMarker,
}

#[derive(Default)]
struct State {
    entries: VecDeque<Entry>,
    slow_jobs: VecDeque<Job>,
    /// How many more threads may run slow I/O.
    slow_free: usize,
    /// Threads that sleep on `work`.
    idle: usize,
    /// Threads that were notified and have not come back yet. It may be too small after a spurious wake-up, never too
    /// large.
    notified: usize,
    /// Threads that found nothing and look again before they sleep.
    searching: usize,
    closed: bool,
}

impl Queue {
    /// Lets this many threads run slow I/O; none before. To be called once, before the first job.
    pub(crate) fn allow_slow(&self, threads: usize) {
        self.lock().slow_free = threads;
    }

    /// Gives the job back when the queue is closed.
    pub(crate) fn push(&self, kind: WorkKind, job: Job) -> Result<(), Job> {
        let mut state = self.lock();
        if state.closed {
            return Err(job);
        }
        match kind {
            WorkKind::Ordinary => state.entries.push_back(Entry::Ordinary(job)),
            WorkKind::SlowIo => {
                state.slow_jobs.push_back(job);
                if state.slow_jobs.len() == 1 {
                    state.entries.push_back(Entry::SlowMarker);
                }
            }
        }
        self.notify_one(state);
        Ok(())
    }

    /// The next job for the calling thread of the pool, which sleeps until there is one. `ended` is the kind of the job
    /// that it has just run. `None` tells the thread to end: the queue is closed and has no job that may run now. If
    /// slow jobs are left, the threads that run slow jobs at the moment come back for them.
    pub(crate) fn pop(&self, ended: Option<WorkKind>) -> Option<(WorkKind, Job)> {
        let mut state = self.lock();
        if ended == Some(WorkKind::SlowIo) {
            state.slow_free += 1;
        }
        let mut spins_left = SPINS;
        loop {
            if let Some(next) = state.take_next() {
                self.notify_one(state);
                return Some(next);
            }
            if state.closed {
                return None;
            }
            if spins_left > 0 {
                spins_left -= 1;
                state.searching += 1;
                drop(state);
                yield_now();
                state = self.lock();
                state.searching -= 1;
            } else {
                state.idle += 1;
                state = self.work.wait(state).expect(UNPOISONED);
                state.idle -= 1;
                state.notified = state.notified.saturating_sub(1);
            }
        }
    }

    /// Wakes a sleeping thread if more jobs wait than threads are on their way. A wake-up is a system call, so many jobs
    /// in a row pay only for the threads that sleep. A thread that takes a job looks here, too: a slow job that has
    /// ended may let another one run.
    fn notify_one(&self, mut state: MutexGuard<'_, State>) {
        let on_their_way = state.notified + state.searching;
        if on_their_way < state.entries.len() && state.notified < state.idle && state.has_next() {
            state.notified += 1;
            drop(state); // or the thread that wakes up would have to wait for the lock
            self.work.notify_one();
        }
    }

    /// Refuses new jobs from now on. What is queued stays to be popped.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.work.notify_all();
    }

    /// Takes out what is queued. The caller drops the jobs, which runs foreign code, without the lock.
    pub(crate) fn take_all(&self) -> Vec<Job> {
        let mut state = self.lock();
        let ordinary = std::mem::take(&mut state.entries).into_iter().filter_map(|entry| match entry {
            Entry::Ordinary(job) => Some(job),
            Entry::SlowMarker => None,
        });
        ordinary.chain(std::mem::take(&mut state.slow_jobs)).collect()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }
}

impl State {
    /// Whether there is a job that may run now.
    fn has_next(&self) -> bool {
        match self.entries.front() {
            None => false,
            Some(Entry::Ordinary(_)) => true,
            Some(Entry::SlowMarker) => self.slow_free > 0 || self.entries.len() > 1,
        }
    }

    /// The first job that may run now. After a slow one, the marker goes to the end of the queue, as in libuv: a row
    /// of lookups does not run before what was queued behind it.
    fn take_next(&mut self) -> Option<(WorkKind, Job)> {
        if !self.has_next() {
            return None;
        }
        if self.slow_free == 0 && matches!(self.entries.front(), Some(Entry::SlowMarker)) {
            self.entries.rotate_left(1); // an ordinary job stands behind the only marker
        }
        match self.entries.pop_front()? {
            Entry::Ordinary(job) => Some((WorkKind::Ordinary, job)),
            Entry::SlowMarker => {
                self.slow_free -= 1;
                let job = self.slow_jobs.pop_front()?;
                if !self.slow_jobs.is_empty() {
                    self.entries.push_back(Entry::SlowMarker);
                }
                Some((WorkKind::SlowIo, job))
            }
        }
    }
}

/// How often a thread that finds no job yields and looks again before it sleeps (spin count): with four submitters of
/// one job at a time this takes a job from 5.4 to 3.5 µs, measured on 2 CPUs, since a wake-up is a system call and two
/// context switches.
const SPINS: u32 = 10;

/// Jobs run, and are dropped, without the lock.
const UNPOISONED: &str = "nothing panics while it holds the queue";
