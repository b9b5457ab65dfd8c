//! Fails: get never waits
//!
//! The lock is held while the initialiser runs: the others sleep on it, but so does everybody who only looks.

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

    /// The value. If the cell is empty, it is made with `init`; while another thread makes it, this one sleeps.
    ///
    /// # Errors
    /// That of `init`; the cell is empty then.
    pub fn get_or_try_init<E>(&self, init: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        let mut cell = self.lock();
        if let Some(value) = &*cell {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(init()?);
        *cell = Some(Arc::clone(&value));
        Ok(value)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<T>>> {
        self.value.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) // an initialiser panicked
    }
}
