//! Fails: a work that sleeps in Stop::wait is woken by the request
//!
//! thread::sleep cannot be ended early.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

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
    ended: bool,
}

impl Stop {
    /// Whether a stop was requested.
    pub fn requested(&self) -> bool {
        self.lock().requested
    }

    /// Sleeps for `time`, or until a stop is requested; whether it was requested.
    pub fn wait(&self, time: Duration) -> bool {
        if !self.requested() {
            thread::sleep(time);
        }
        self.requested()
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

/// Notes the end of the work when it is dropped, after a panic, too.
struct EndGuard(Arc<Stop>);

impl Drop for EndGuard {
    fn drop(&mut self) {
        self.0.change(|state| state.ended = true);
    }
}

/// A thread that can be asked to stop.
pub struct Worker {
    stop: Arc<Stop>,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts a thread that does the work.
    pub fn start(work: impl FnOnce(&Stop) + Send + 'static) -> Self {
        let stop = Arc::new(Stop { state: Mutex::default(), changed: Condvar::new() });
        let guard = EndGuard(Arc::clone(&stop));
        let thread = thread::spawn(move || work(&guard.0));
        Self { stop, thread }
    }

    /// Asks the work to stop and waits until it has ended, at most for `deadline`.
    ///
    /// # Errors
    /// The worker itself, when it still works at the deadline.
    pub fn stop(self, deadline: Duration) -> Result<End, Self> {
        self.stop.change(|state| state.requested = true);
        let working = |state: &mut State| !state.ended;
        let (state, _) = self.stop.changed.wait_timeout_while(self.stop.lock(), deadline, working).expect(UNPOISONED);
        let ended = state.ended;
        drop(state);
        if !ended {
            return Err(self);
        }
        match self.thread.join() {
            Ok(()) => Ok(End::Returned),
            Err(_) => Ok(End::Panicked),
        }
    }
}
