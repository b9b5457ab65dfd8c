//! Build a queue that holds at most n items: it makes producers wait, and it can be closed. (50 minutes)
//!
//! A fast producer and a slow consumer: without a limit, what lies between them grows until memory is gone. A bounded
//! queue makes the producer wait: back-pressure. Node.js streams ask you to do that: `write` returns false, and you
//! wait for `drain`. Here the queue itself holds the thread back.
//!
//! - Items come out in the order in which they were pushed.
//! - `push` waits while the queue is full.
//! - `push` and `pop` sleep while they wait. They do not look again and again.
//! - Many threads push and pop at the same time. No item is lost or comes twice, and no thread sleeps on although it
//!   could go on.
//! - `close` wakes all threads that wait: `push` gives its item back as `Err(item)`, `pop` returns `None`.
//! - After `close`, `push` returns `Err(item)`; `pop` still returns what lies in the queue, and only then `None`.
//!
//! What to know: a `Mutex` guards the state, a `Condvar` lets a thread sleep until the state may have changed:
//! `condvar.wait(guard)` releases the lock while it sleeps and returns the guard. It may also return without a reason,
//! or too late, since another thread was faster: look at the state again, in a loop or with `wait_while`. `notify_one`
//! wakes one sleeper, whichever it is, `notify_all` all of them. Those that wait for room and those that wait for an
//! item are two groups. The lesson `channels` uses a finished bounded channel, which cannot be closed from outside
//! while a thread waits in `send`; here you build the queue.
//!
//! Check it with: cargo grade thread-basics bounded_queue

use std::marker::PhantomData;

/// A queue between threads that holds a limited number of items. Its fields are yours to choose.
pub struct Queue<T> {
    todo: PhantomData<T>,
}

impl<T> Queue<T> {
    /// An empty queue for at most `capacity` items, at least 1.
    pub fn new(capacity: usize) -> Self {
        todo!("make a queue for {capacity} items")
    }

    /// Adds an item at the end. Waits while the queue is full.
    ///
    /// # Errors
    /// The item itself, when the queue is closed, also while it waits.
    pub fn push(&self, item: T) -> Result<(), T> {
        let _ = item;
        todo!("wait for room, then add the item: {:?}", self.todo)
    }

    /// Takes the item that has waited longest. Waits while the queue is empty; `None` when it is empty and closed.
    pub fn pop(&self) -> Option<T> {
        todo!("wait for an item, then take it: {:?}", self.todo)
    }

    /// Closes the queue: nothing more can be pushed, and nobody waits any more.
    pub fn close(&self) {
        todo!("close the queue and wake all that wait: {:?}", self.todo)
    }
}
