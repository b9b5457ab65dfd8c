//! Fails: the results stand in the order of the items, not of completion
//!
//! It stores each result when it is there, and forgets which item it belongs to.

use std::panic;
use std::sync::Mutex;
use std::thread;

/// Calls `f` for every item on `threads` threads: the results, in the order of the items.
pub fn parallel_map<T: Send, R: Send>(items: Vec<T>, threads: usize, f: impl Fn(T) -> R + Sync) -> Vec<R> {
    let list = Mutex::new(items.into_iter());
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(|| work(&list, &f, &results))).collect();
        for handle in handles {
            if let Err(payload) = handle.join() {
                panic::resume_unwind(payload); // the scope joins the others first
            }
        }
    });
    results.into_inner().expect("no thread panics while it holds the lock")
}

/// One thread: it adds the results of the items that it took.
fn work<T, R>(list: &Mutex<impl Iterator<Item = T>>, f: impl Fn(T) -> R, results: &Mutex<Vec<R>>) {
    loop {
        let next = list.lock().expect("no thread panics while it holds the lock").next(); // released here
        match next {
            Some(item) => {
                let result = f(item);
                results.lock().expect("no thread panics while it holds the lock").push(result);
            }
            None => return,
        }
    }
}
