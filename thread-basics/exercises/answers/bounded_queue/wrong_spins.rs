//! Fails: push and pop sleep while they wait
//!
//! Every result is right, but threads that wait keep a processor busy.

use std::collections::VecDeque;
use std::hint;
use std::sync::{Mutex, MutexGuard};

/// A queue between threads that holds a limited number of items.
pub struct Queue<T> {
    capacity: usize,
    state: Mutex<State<T>>,
}

struct State<T> {
    items: VecDeque<T>,
    closed: bool,
}

impl<T> Queue<T> {
    /// An empty queue for at most `capacity` items, at least 1.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, state: Mutex::new(State { items: VecDeque::new(), closed: false }) }
    }

    /// Adds an item at the end. Waits while the queue is full.
    ///
    /// # Errors
    /// The item itself, when the queue is closed, also while it waits.
    pub fn push(&self, item: T) -> Result<(), T> {
        let mut state = self.lock();
        while state.items.len() == self.capacity && !state.closed {
            drop(state);
            hint::spin_loop();
            state = self.lock();
        }
        if state.closed {
            return Err(item);
        }
        state.items.push_back(item);
        Ok(())
    }

    /// Takes the item that has waited longest. Waits while the queue is empty; `None` when it is empty and closed.
    pub fn pop(&self) -> Option<T> {
        let mut state = self.lock();
        while state.items.is_empty() && !state.closed {
            drop(state);
            hint::spin_loop();
            state = self.lock();
        }
        state.items.pop_front()
    }

    /// Closes the queue: nothing more can be pushed, and nobody waits any more.
    pub fn close(&self) {
        self.lock().closed = true;
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().expect(UNPOISONED)
    }
}

const UNPOISONED: &str = "no thread panics while it holds the lock";
