//! Stop a thread that cooperates, and give up at a deadline without losing the thread. (40 minutes)
//!
//! A server shuts down. Its workers are asked to stop, and each has a moment to finish what it does. A thread cannot be
//! killed, so a worker that does not stop is reported. Node.js has `AbortController` for the request; its
//! `worker.terminate()`, which ends a worker by force, has no counterpart in Rust.
//!
//! - `stop` asks the work to stop. It returns `Ok` only after the work has ended.
//! - A worker that is late is given back: `Err(worker)`, at the deadline. It is not detached: `stop` can be called again.
//! - A work that panicked has ended, too: `Ok(End::Panicked)`.
//! - `Stop::wait` is a sleep that ends early when a stop is requested.
//! - Both `stop` and `Stop::wait` sleep while they wait. They do not look again and again.
//!
//! What to know: `JoinHandle::join` has no deadline, and `is_finished` only looks. What has one is a condition variable:
//! `Condvar::wait_timeout_while(guard, time, |state| still_waiting)` gives the guard back, and whether it timed out.
//! So let the thread note its end under a lock. It must do so after a panic, too: `panic::catch_unwind(AssertUnwindSafe(f))`
//! returns `Err` then, and the destructor of a value on the thread's stack runs in both cases. The lesson `stop` looks
//! at a flag, and joins without a deadline; a flag can neither wake a worker that sleeps nor say that it has ended.
//!
//! Check it with: cargo grade thread-basics stop_with_deadline

use std::marker::PhantomData;
use std::time::Duration;

/// How a work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It returned.
    Returned,
    /// It panicked.
    Panicked,
}

/// What the work gets, to see whether it should stop. Its fields are yours to choose.
pub struct Stop {
    todo: PhantomData<()>,
}

impl Stop {
    /// Whether a stop was requested.
    pub fn requested(&self) -> bool {
        todo!("look whether a stop was requested: {:?}", self.todo)
    }

    /// Sleeps for `time`, or until a stop is requested; whether it was requested.
    pub fn wait(&self, time: Duration) -> bool {
        todo!("sleep for {time:?}, or until a stop is requested: {:?}", self.todo)
    }
}

/// A thread that can be asked to stop. Its fields are yours to choose.
pub struct Worker {
    todo: PhantomData<()>,
}

impl Worker {
    /// Starts a thread that does the work.
    pub fn start(work: impl FnOnce(&Stop) + Send + 'static) -> Self {
        let _ = work;
        todo!("start a thread that calls work")
    }

    /// Asks the work to stop and waits until it has ended, at most for `deadline`.
    ///
    /// # Errors
    /// The worker itself, when it still works at the deadline.
    pub fn stop(self, deadline: Duration) -> Result<End, Self> {
        todo!("request the stop, and wait at most {deadline:?} for the end: {:?}", self.todo)
    }
}
