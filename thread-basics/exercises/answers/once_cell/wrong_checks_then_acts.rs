//! Fails: the initialiser runs once, however many threads ask
//!
//! Between the look and the initialiser other threads look, too, and all of them find the cell empty.

use std::sync::{Arc, Mutex, MutexGuard};

/// A value that is made when it is first needed.
pub struct OnceCell<T> {
    value: Mutex<Option<Arc<T>>>,
}

impl<T> OnceCell<T> {
    /// An empty cell.
    pub fn empty() -> Self {
        Self { value: Mutex::new(None) }
    }

    /// The value, if it is there. Never waits.
    pub fn get(&self) -> Option<Arc<T>> {
        self.lock().clone()
    }

    /// The value. If the cell is empty, it is made with `init`.
    ///
    /// # Errors
    /// That of `init`; the cell is empty then.
    pub fn get_or_try_init<E>(&self, init: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        if let Some(value) = self.get() {
            return Ok(value);
        }
        let value = Arc::new(init()?);
        *self.lock() = Some(Arc::clone(&value));
        Ok(value)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<T>>> {
        self.value.lock().expect(UNPOISONED)
    }
}

const UNPOISONED: &str = "no thread panics while it holds the lock";
