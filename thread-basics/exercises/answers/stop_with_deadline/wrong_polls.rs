//! Fails: stop sleeps until the work has ended
//!
//! Every result is right, but it asks every millisecond whether the thread has ended.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How a work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It returned.
    Returned,
    /// It panicked.
    Panicked,
}

/// What the work gets, to see whether it should stop.
pub struct Stop {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    requested: bool,
}

impl Stop {
    /// Whether a stop was requested.
    pub fn requested(&self) -> bool {
        self.lock().requested
    }

    /// Sleeps for `time`, or until a stop is requested; whether it was requested.
    pub fn wait(&self, time: Duration) -> bool {
        let waiting = |state: &mut State| !state.requested;
        let (state, _) = self.changed.wait_timeout_while(self.lock(), time, waiting).expect(UNPOISONED);
        state.requested
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }
}

const UNPOISONED: &str = "no thread panics while it holds the lock";

/// A thread that can be asked to stop.
pub struct Worker {
    stop: Arc<Stop>,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts a thread that does the work.
    pub fn start(work: impl FnOnce(&Stop) + Send + 'static) -> Self {
        let stop = Arc::new(Stop { state: Mutex::default(), changed: Condvar::new() });
        let passed_on = Arc::clone(&stop);
        let thread = thread::spawn(move || work(&passed_on));
        Self { stop, thread }
    }

    /// Asks the work to stop and waits until it has ended, at most for `deadline`.
    ///
    /// # Errors
    /// The worker itself, when it still works at the deadline.
    pub fn stop(self, deadline: Duration) -> Result<End, Self> {
        self.stop.change(|state| state.requested = true);
        let end = Instant::now() + deadline;
        while !self.thread.is_finished() {
            if Instant::now() > end {
                return Err(self);
            }
            thread::sleep(Duration::from_millis(1));
        }
        match self.thread.join() {
            Ok(()) => Ok(End::Returned),
            Err(_) => Ok(End::Panicked),
        }
    }
}
