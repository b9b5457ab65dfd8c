//! Fails: with n threads n calls run at the same time
//!
//! The lock that is taken in the head of `while let` is held until the end of the body, so one call runs at a time.

use std::panic;
use std::sync::Mutex;
use std::thread;

/// Calls `f` for every item on `threads` threads: the results, in the order of the items.
pub fn parallel_map<T: Send, R: Send>(items: Vec<T>, threads: usize, f: impl Fn(T) -> R + Sync) -> Vec<R> {
    let list = Mutex::new(items.into_iter().enumerate());
    let mut results: Vec<(usize, R)> = Vec::new();
    thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(|| work(&list, &f))).collect();
        for handle in handles {
            match handle.join() {
                Ok(part) => results.extend(part),
                Err(payload) => panic::resume_unwind(payload), // the scope joins the others first
            }
        }
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// One thread: the results of the items that it took, with their indices.
fn work<T, R>(list: &Mutex<impl Iterator<Item = (usize, T)>>, f: impl Fn(T) -> R) -> Vec<(usize, R)> {
    let mut results = Vec::new();
    while let Some((index, item)) = list.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).next() {
        results.push((index, f(item)));
    }
    results
}
