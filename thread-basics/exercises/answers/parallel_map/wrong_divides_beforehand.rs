//! Fails: a slow item does not hold up the others
//!
//! Each thread gets its share at the start. The items behind a slow one wait, although the other threads have nothing to
//! do.

use std::panic;
use std::thread;

/// Calls `f` for every item on `threads` threads: the results, in the order of the items.
pub fn parallel_map<T: Send, R: Send>(items: Vec<T>, threads: usize, f: impl Fn(T) -> R + Sync) -> Vec<R> {
    let size = items.len().div_ceil(threads);
    let mut items = items.into_iter();
    let f = &f;
    thread::scope(|scope| {
        let mut handles = Vec::new();
        for _ in 0..threads {
            let share: Vec<T> = items.by_ref().take(size).collect();
            handles.push(scope.spawn(move || share.into_iter().map(f).collect::<Vec<R>>()));
        }
        let join = |handle: thread::ScopedJoinHandle<Vec<R>>| match handle.join() {
            Ok(part) => part,
            Err(payload) => panic::resume_unwind(payload),
        };
        handles.into_iter().flat_map(join).collect()
    })
}
