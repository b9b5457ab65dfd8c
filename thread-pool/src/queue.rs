//! The one queue of the pool: first in, first out, in two lanes. Threads without a job sleep on it.

use std::collections::VecDeque;

use crate::executor::{Job, Lane};
use crate::sync::{Condvar, Mutex, MutexGuard, yield_now};

#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    work: Condvar,
}

/// Jobs with the numbers that they drew on arrival: these make one queue of the two lanes.
type Waiting = VecDeque<(u64, Job)>;

#[derive(Default)]
struct State {
    fast: Waiting,
    slow: Waiting,
    arrivals: u64,
    /// How many more threads the slow lane may hold.
    slow_free: usize,
    /// Threads that sleep on `work`.
    idle: usize,
    /// How many of them were called and have not come yet; never more than are on their way, spurious wake-ups or not.
    called: usize,
    /// Threads that found nothing and look once more before they sleep.
    looking: usize,
    closed: bool,
}

impl Queue {
    /// Lets the slow lane hold this many threads; none before. To be called once, before the first job.
    pub(crate) fn allow_slow(&self, threads: usize) {
        self.lock().slow_free = threads;
    }

    /// Gives the job back when the queue is closed.
    pub(crate) fn push(&self, lane: Lane, job: Job) -> Result<(), Job> {
        let mut state = self.lock();
        if state.closed {
            return Err(job);
        }
        state.arrivals += 1;
        let entry = (state.arrivals, job);
        state.lane(lane).push_back(entry);
        // A wake-up is a system call, so a flood of jobs pays for one at a time; who comes calls the others.
        let most = usize::from(state.coming() == 0);
        self.call(state, most);
        Ok(())
    }

    /// Waits for the next job of a thread that has just `ended` one; `None` when it can leave: the queue is closed, and
    /// what is left, if anything, waits for the threads that the slow lane holds already.
    pub(crate) fn pop(&self, ended: Option<Lane>) -> Option<(Lane, Job)> {
        let mut state = self.lock();
        state.slow_free += usize::from(ended == Some(Lane::Slow));
        let mut yielded = false;
        loop {
            if let Some(next) = state.take_next() {
                self.call(state, usize::MAX);
                return Some(next);
            }
            if state.closed {
                return None;
            }
            if !yielded {
                // The next job may be on its way: to let the others run and look again costs less than to fall asleep
                // and be woken, which is two system calls more.
                state.looking += 1;
                drop(state);
                yield_now();
                (state, yielded) = (self.lock(), true);
                state.looking -= 1;
                continue;
            }
            state.idle += 1;
            state = self.work.wait(state).expect(UNPOISONED);
            state.idle -= 1;
            state.called = state.called.saturating_sub(1);
        }
    }

    /// Calls sleeping threads to the jobs that wait, but `most` at most.
    fn call(&self, mut state: MutexGuard<'_, State>, most: usize) {
        let missing = state.runnable().saturating_sub(state.coming()).min(state.idle - state.called).min(most);
        state.called += missing;
        drop(state);
        (0..missing).for_each(|_| self.work.notify_one());
    }

    /// Refuses new jobs from now on. What is queued stays to be popped.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.work.notify_all();
    }

    /// Takes out what is queued. The caller drops it, which runs foreign code, without the lock.
    pub(crate) fn take_all(&self) -> impl Sized + use<> {
        let mut state = self.lock();
        (std::mem::take(&mut state.fast), std::mem::take(&mut state.slow))
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }
}

impl State {
    fn lane(&mut self, lane: Lane) -> &mut Waiting {
        match lane {
            Lane::Fast => &mut self.fast,
            Lane::Slow => &mut self.slow,
        }
    }

    /// The lane of the job that came first, among those that may run now.
    fn next_lane(&self) -> Option<Lane> {
        let slow = self.slow.front().filter(|_| self.slow_free > 0);
        match (self.fast.front(), slow) {
            (Some((fast, _)), Some((slow, _))) if slow < fast => Some(Lane::Slow),
            (Some(_), _) => Some(Lane::Fast),
            (None, slow) => slow.map(|_| Lane::Slow),
        }
    }

    /// How many jobs could run now if there were threads enough.
    fn runnable(&self) -> usize {
        self.fast.len() + self.slow.len().min(self.slow_free)
    }

    /// Threads that will look for a job without being called, and then call others if there is more than one.
    fn coming(&self) -> usize {
        self.called + self.looking
    }

    fn take_next(&mut self) -> Option<(Lane, Job)> {
        let lane = self.next_lane()?;
        self.slow_free -= usize::from(lane == Lane::Slow);
        self.lane(lane).pop_front().map(|(_, job)| (lane, job))
    }
}

/// Jobs run, and are dropped, without the lock.
const UNPOISONED: &str = "nothing panics while it holds the queue";
