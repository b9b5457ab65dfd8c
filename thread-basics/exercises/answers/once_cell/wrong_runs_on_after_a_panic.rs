//! Fails: after a panic the cell is empty, and a thread that waited makes its own value
//!
//! A panic skips the line that sets the state back: the cell is "running", and the others wait for nothing.

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
        let result = init().map(Arc::new);
        *self.lock() = match &result {
            Ok(value) => State::Ready(Arc::clone(value)),
            Err(_) => State::Empty,
        };
        self.not_running.notify_all();
        result
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().expect(UNPOISONED)
    }
}

const UNPOISONED: &str = "no thread panics while it holds the lock";
