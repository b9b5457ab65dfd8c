//! Three states under a lock, which is free while the initialiser runs; a guard leaves the state "running" in any case.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};

/// A value that is made when it is first needed.
pub struct OnceCell<T> {
    state: Mutex<State<T>>,
    not_running: Condvar,
}

enum State<T> {
    Empty,
    Running,
    Ready(Arc<T>),
}

impl<T> OnceCell<T> {
    /// An empty cell.
    pub fn empty() -> Self {
        Self { state: Mutex::new(State::Empty), not_running: Condvar::new() }
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
        let running = |state: &mut State<T>| matches!(state, State::Running);
        let mut state = self.not_running.wait_while(self.lock(), running).expect(UNPOISONED);
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
        self.cell.not_running.notify_all();
    }
}

const UNPOISONED: &str = "no thread panics while it holds the lock";
