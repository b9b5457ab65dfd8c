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
    /// By lane.
    waiting: [Waiting; 2],
    arrivals: u64,
    /// How many more threads the slow lane may hold.
    slow_free: usize,
    /// Threads that sleep on `work`.
    idle: usize,
    /// How many of them were called and have not come yet; never more than are on their way, spurious wake-ups or not.
    called: usize,
    /// Threads that found nothing and look again before they sleep.
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
        state.waiting[lane as usize].push_back(entry);
        self.call_one(state);
        Ok(())
    }

    /// Waits for the next job of a thread that has just `ended` one; `None` when it can leave: the queue is closed, and
    /// what is left, if anything, waits for the threads that the slow lane holds already.
    pub(crate) fn pop(&self, ended: Option<Lane>) -> Option<(Lane, Job)> {
        let mut state = self.lock();
        state.slow_free += usize::from(ended == Some(Lane::Slow));
        let mut looks_left = LOOKS;
        loop {
            if let Some(next) = state.take_next() {
                self.call_one(state);
                return Some(next);
            }
            if state.closed {
                return None;
            }
            if looks_left > 0 {
                looks_left -= 1;
                state.looking += 1;
                drop(state);
                yield_now();
                state = self.lock();
                state.looking -= 1;
            } else {
                state.idle += 1;
                state = self.work.wait(state).expect(UNPOISONED);
                state.idle -= 1;
                state.called = state.called.saturating_sub(1);
            }
        }
    }

    /// Calls a sleeping thread if a job waits and nobody is on the way to it. A wake-up is a system call, so a flood of
    /// jobs pays for one at a time: who comes calls the next.
    fn call_one(&self, mut state: MutexGuard<'_, State>) {
        let coming = state.called + state.looking;
        if coming == 0 && state.idle > 0 && state.next_lane().is_some() {
            state.called += 1;
            drop(state); // or who wakes up would have to wait for the lock
            self.work.notify_one();
        }
    }

    /// Refuses new jobs from now on. What is queued stays to be popped.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.work.notify_all();
    }

    /// Takes out what is queued. The caller drops it, which runs foreign code, without the lock.
    pub(crate) fn take_all(&self) -> impl Sized + use<> {
        std::mem::take(&mut self.lock().waiting)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }
}

impl State {
    /// The lane of the job that came first, among those that may run now.
    fn next_lane(&self) -> Option<Lane> {
        let open = [Lane::Fast, Lane::Slow].into_iter().filter(|lane| *lane == Lane::Fast || self.slow_free > 0);
        let first = |lane| self.waiting[lane as usize].front().map(|(number, _)| (*number, lane));
        open.filter_map(first).min_by_key(|(number, _)| *number).map(|(_, lane)| lane)
    }

    fn take_next(&mut self) -> Option<(Lane, Job)> {
        let lane = self.next_lane()?;
        self.slow_free -= usize::from(lane == Lane::Slow);
        self.waiting[lane as usize].pop_front().map(|(_, job)| (lane, job))
    }
}

/// How often who finds nothing lets the others run and looks again before it falls asleep. To be woken costs its waker
/// a system call and both a switch, which is more than a few looks: often the next job is on its way. rayon looks 32
/// times; with one look, four submitters of a job at a time took almost twice as long as with ten.
const LOOKS: u32 = 10;

/// Jobs run, and are dropped, without the lock.
const UNPOISONED: &str = "nothing panics while it holds the queue";
