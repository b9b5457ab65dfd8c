//! Work on several threads.

use std::sync::{Mutex, mpsc};
use std::thread;

/// Does the work for each item on `jobs` threads; `done` gets the results as they come.
pub(crate) fn in_parallel<T: Sync, R: Send>(
    jobs: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut done: impl FnMut(&T, R),
) {
    let queue = Mutex::new(items.iter());
    let next = || queue.lock().expect("no thread panics while it takes an item").next();
    let (next, work) = (&next, &work);
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs {
            let sender = sender.clone();
            scope.spawn(move || {
                while let Some(item) = next() {
                    let _ = sender.send((item, work(item)));
                }
            });
        }
        drop(sender);
        for (item, result) in results {
            done(item, result);
        }
    });
}
