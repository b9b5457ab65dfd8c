//! Threads that share one list: each takes the next item until none is left.

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
    loop {
        let next = list.lock().expect("no thread panics while it holds the lock").next(); // released here
        match next {
            Some((index, item)) => results.push((index, f(item))),
            None => return results,
        }
    }
}
