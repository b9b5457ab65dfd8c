//! Fails: with n threads n calls run at the same time
//!
//! Every result is right, but the second thread is started only after the first one has ended.

use std::panic;
use std::thread;

/// Calls `f` for every item on `threads` threads: the results, in the order of the items.
pub fn parallel_map<T: Send, R: Send>(items: Vec<T>, threads: usize, f: impl Fn(T) -> R + Sync) -> Vec<R> {
    let size = items.len().div_ceil(threads);
    let mut items = items.into_iter();
    let mut results = Vec::new();
    for _ in 0..threads {
        let share: Vec<T> = items.by_ref().take(size).collect();
        let f = &f;
        thread::scope(|scope| {
            let handle = scope.spawn(move || share.into_iter().map(f).collect::<Vec<R>>());
            results.extend(handle.join().unwrap_or_else(|payload| panic::resume_unwind(payload)));
        });
    }
    results
}
