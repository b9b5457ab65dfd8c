//! A child that cannot be forgotten.

use std::ops::{Deref, DerefMut};
use std::process::Child;

/// A child that is killed and reaped when this is dropped, unless it was waited for before.
#[derive(Debug)]
pub struct Guard(Child);

impl From<Child> for Guard {
    fn from(child: Child) -> Self {
        Self(child)
    }
}

impl Deref for Guard {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Guard {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill(); // does nothing to one that was waited for
        let _ = self.0.wait();
    }
}
