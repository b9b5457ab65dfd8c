//! A lock around the items, and a condition variable for each reason to wait.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};

/// A queue between threads that holds a limited number of items.
pub struct Queue<T> {
    capacity: usize,
    state: Mutex<State<T>>,
    not_full: Condvar,
    not_empty: Condvar,
}

struct State<T> {
    items: VecDeque<T>,
    closed: bool,
}

impl<T> Queue<T> {
    /// An empty queue for at most `capacity` items, at least 1.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            state: Mutex::new(State { items: VecDeque::new(), closed: false }),
            not_full: Condvar::new(),
            not_empty: Condvar::new(),
        }
    }

    /// Adds an item at the end. Waits while the queue is full.
    ///
    /// # Errors
    /// The item itself, when the queue is closed, also while it waits.
    pub fn push(&self, item: T) -> Result<(), T> {
        let mut state = self.lock();
        while state.items.len() == self.capacity && !state.closed {
            state = self.not_full.wait(state).expect(UNPOISONED);
        }
        if state.closed {
            return Err(item);
        }
        state.items.push_back(item);
        self.not_empty.notify_one();
        Ok(())
    }

    /// Takes the item that has waited longest. Waits while the queue is empty; `None` when it is empty and closed.
    pub fn pop(&self) -> Option<T> {
        let mut state = self.lock();
        while state.items.is_empty() && !state.closed {
            state = self.not_empty.wait(state).expect(UNPOISONED);
        }
        let item = state.items.pop_front();
        self.not_full.notify_one();
        item
    }

    /// Closes the queue: nothing more can be pushed, and nobody waits any more.
    pub fn close(&self) {
        self.lock().closed = true;
        self.not_full.notify_all();
        self.not_empty.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().expect(UNPOISONED)
    }
}

const UNPOISONED: &str = "no thread panics while it holds the lock";
