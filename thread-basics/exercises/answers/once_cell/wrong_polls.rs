//! Fails: the others sleep while it runs
//!
//! Every result is right, but the threads that wait look again and again.

use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

/// A value that is made when it is first needed.
pub struct OnceCell<T> {
    state: Mutex<State<T>>,
}

enum State<T> {
    Empty,
    Running,
    Ready(Arc<T>),
}

impl<T> OnceCell<T> {
    /// An empty cell.
    pub fn empty() -> Self {
        Self { state: Mutex::new(State::Empty) }
    }

    /// The value, if it is there. Never waits.
    pub fn get(&self) -> Option<Arc<T>> {
        match &*self.lock() {
            State::Ready(value) => Some(Arc::clone(value)),
            State::Empty | State::Running => None,
        }
    }

    /// The value. If the cell is empty, it is made with `init`; while another thread makes it, this one sleeps.
    ///
    /// # Errors
    /// That of `init`; the cell is empty then.
    pub fn get_or_try_init<E>(&self, init: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        let running = |state: &State<T>| matches!(state, State::Running);
        let mut state = self.lock();
        while running(&state) {
            drop(state);
            thread::yield_now();
            state = self.lock();
        }
        if let State::Ready(value) = &*state {
            return Ok(Arc::clone(value));
        }
        *state = State::Running;
        drop(state);
        let mut attempt = Attempt { cell: self, value: None };
        let value = Arc::new(init()?);
        attempt.value = Some(Arc::clone(&value));
        Ok(value)
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().expect(UNPOISONED)
    }
}

/// Stores the value, or empties the cell if there is none, when it is dropped: after success, error and panic.
struct Attempt<'a, T> {
    cell: &'a OnceCell<T>,
    value: Option<Arc<T>>,
}

impl<T> Drop for Attempt<'_, T> {
    fn drop(&mut self) {
        *self.cell.lock() = match self.value.take() {
            Some(value) => State::Ready(value),
            None => State::Empty,
        };
    }
}

const UNPOISONED: &str = "no thread panics while it holds the lock";
