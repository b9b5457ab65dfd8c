//! Build a cell that is initialised once, however many threads ask for its value at the same time. (45 minutes)
//!
//! A table that takes long to load is loaded when it is first needed. Three threads need it at once: one loads it, the
//! others wait for that one. In Node.js you keep the promise: `cache ??= load()`. If that `load` fails, the failure is
//! cached, and nobody ever tries again. Your cell does better.
//!
//! - The initialiser runs once, if it succeeds, and every caller gets the same value (the same `Arc`).
//! - While it runs, other callers of `get_or_try_init` sleep.
//! - `get` never waits: while the initialiser runs, it returns `None`.
//! - An initialiser that fails leaves the cell empty: its caller gets the error. One of the threads that waited
//!   runs its own initialiser then.
//! - The same after an initialiser that panics: only its caller gets the panic.
//!
//! What to know: the lock must not be held while the initialiser runs, or `get` would wait for it. So the state under
//! the `Mutex` has three values: empty, running, and ready with an `Arc<T>`. A `Condvar` lets the others sleep while the
//! state is "running". A panic skips the lines after the call of the initialiser; a destructor runs also then, and
//! `panic::catch_unwind` with `resume_unwind` is the other way. `std::sync::OnceLock` is the finished thing, but its
//! initialiser cannot fail (its `get_or_try_init` is not stable yet). The lesson `wait` waits for a flag that never goes
//! back; here the state goes back to empty.
//!
//! Check it with: cargo grade thread-basics once_cell

use std::marker::PhantomData;
use std::sync::Arc;

/// A value that is made when it is first needed. Its fields are yours to choose.
pub struct OnceCell<T> {
    todo: PhantomData<T>,
}

impl<T> OnceCell<T> {
    /// An empty cell.
    pub fn empty() -> Self {
        todo!("make an empty cell for a {}", std::any::type_name::<T>())
    }

    /// The value, if it is there. Never waits.
    pub fn get(&self) -> Option<Arc<T>> {
        todo!("look whether the value is there: {:?}", self.todo)
    }

    /// The value. If the cell is empty, it is made with `init`; while another thread makes it, this one sleeps.
    ///
    /// # Errors
    /// That of `init`; the cell is empty then.
    pub fn get_or_try_init<E>(&self, init: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        let _ = init;
        todo!("get the value, wait for it, or make it: {:?}", self.todo)
    }
}
