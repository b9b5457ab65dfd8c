//! Fails: not more than n threads call the function
//!
//! It starts a thread for every item, n at a time.

use std::panic;
use std::thread;

/// Calls `f` for every item, each on a new thread: the results, in the order of the items.
pub fn parallel_map<T: Send, R: Send>(items: Vec<T>, threads: usize, f: impl Fn(T) -> R + Sync) -> Vec<R> {
    let mut items = items.into_iter();
    let mut results = Vec::new();
    loop {
        let batch: Vec<T> = items.by_ref().take(threads).collect();
        if batch.is_empty() {
            return results;
        }
        thread::scope(|scope| {
            let handles: Vec<_> = batch.into_iter().map(|item| scope.spawn(|| f(item))).collect();
            for handle in handles {
                results.push(handle.join().unwrap_or_else(|payload| panic::resume_unwind(payload)));
            }
        });
    }
}
