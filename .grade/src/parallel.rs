//! Work on several threads.

use std::sync::Mutex;
use std::{iter, thread};

/// Does the work for each item, on `jobs` threads.
pub(crate) fn for_each<T: Sync>(jobs: usize, items: &[T], work: impl Fn(&T) + Sync) {
    let queue = Mutex::new(items.iter());
    let next = || queue.lock().expect("taking an item does not panic").next();
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| iter::from_fn(next).for_each(&work));
        }
    });
}
