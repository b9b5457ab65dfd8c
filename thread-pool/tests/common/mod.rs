//! Deadlines: a check that hangs fails.
#![allow(dead_code, reason = "each file of checks uses some of these")]

pub(crate) mod executors;
pub(crate) mod trace;

use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use thread_pool::{Executor, Pool};

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What `check` returns; it panics here if `check` does, or does not end in time.
pub(crate) fn within_deadline<T: Send + 'static>(check: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, outcome) = mpsc::channel();
    let checker = thread::spawn(move || {
        let _ = done.send(check());
    });
    match outcome.recv_timeout(PATIENCE) {
        Ok(value) => value,
        Err(mpsc::RecvTimeoutError::Disconnected) => std::panic::resume_unwind(checker.join().unwrap_err()),
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("not done within {PATIENCE:?}: something hangs"),
    }
}

/// Jobs that wait here until the sender is dropped: whatever is submitted meanwhile stays queued.
pub(crate) fn occupy(pool: &Pool) -> mpsc::Sender<()> {
    let (release, wait) = mpsc::channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let (running, all) = mpsc::channel();
    for _ in 0..pool.size() {
        let (wait, running) = (Arc::clone(&wait), running.clone());
        let job = move || {
            running.send(()).unwrap();
            let _ = wait.lock().unwrap().recv();
        };
        pool.execute(Box::new(job)).unwrap();
    }
    (0..pool.size()).for_each(|_| all.recv().unwrap());
    release
}
