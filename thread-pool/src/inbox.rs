//! What has come back and waits for its submitter, who takes it in batches.

use std::collections::VecDeque;

use crate::sync::{Condvar, Mutex, yield_now};

#[derive(Debug)]
pub(crate) struct Inbox<T> {
    state: Mutex<State<T>>,
    arrival: Condvar,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    /// The one reader sleeps; only then does an arrival cost a wake-up.
    waiting: bool,
}

impl<T> Default for Inbox<T> {
    fn default() -> Self {
        Self { state: Mutex::new(State { items: VecDeque::new(), waiting: false }), arrival: Condvar::new() }
    }
}

impl<T> Inbox<T> {
    pub(crate) fn push(&self, item: T) {
        let mut state = self.state.lock().expect(UNPOISONED);
        state.items.push_back(item);
        if std::mem::take(&mut state.waiting) {
            drop(state);
            self.arrival.notify_one();
        }
    }

    /// All that is there; with `wait`, it waits until there is something.
    pub(crate) fn take(&self, wait: bool) -> VecDeque<T> {
        let mut state = self.state.lock().expect(UNPOISONED);
        if wait && state.items.is_empty() {
            drop(state);
            yield_now(); // as in the queue: something may be on its way
            state = self.state.lock().expect(UNPOISONED);
        }
        while wait && state.items.is_empty() {
            state.waiting = true;
            state = self.arrival.wait(state).expect(UNPOISONED);
        }
        state.waiting = false;
        std::mem::take(&mut state.items)
    }
}

const UNPOISONED: &str = "nothing panics while it holds the inbox";
