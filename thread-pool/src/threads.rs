//! The pool's threads: started all at once and named, or none at all.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use crossbeam_channel::unbounded;

use crate::observe::tasks::thread_id;
use crate::outcome::drop_quietly;
use crate::queue::Queue;
use crate::size;

pub(crate) struct PoolThreads {
    pub(crate) handles: Vec<JoinHandle<()>>,
    /// The kernel's ids, in no particular order.
    pub(crate) ids: Vec<i32>,
}

/// What a new thread runs.
type Body = Box<dyn FnOnce() + Send>;

impl PoolThreads {
    /// Starts `size` threads on `queue`, and returns once each of them runs. If one cannot be started, the others end.
    /// `spawn` starts one; it is a parameter so that a test can make it fail.
    pub(crate) fn start(
        size: usize,
        queue: &Arc<Queue>,
        mut spawn: impl FnMut(Builder, Body) -> io::Result<JoinHandle<()>>,
    ) -> io::Result<Self> {
        let (id_tx, id_rx) = unbounded();
        let (go_tx, go_rx) = unbounded();
        let mut handles = Vec::new();
        for number in 0..size {
            let (queue, id_tx, go_rx) = (Arc::clone(queue), id_tx.clone(), go_rx.clone());
            let body = move || {
                let _ = id_tx.send(thread_id());
                if go_rx.recv().is_ok() {
                    run_jobs(&queue);
                }
            };
            match spawn(Builder::new().name(format!("pool-{number}")), Box::new(body)) {
                Ok(handle) => handles.push(handle),
                Err(cause) => {
                    let error = explained(&cause, handles.len(), size);
                    drop(go_tx);
                    handles.into_iter().for_each(|handle| drop(handle.join()));
                    return Err(error);
                }
            }
        }
        let ids = id_rx.iter().take(size).collect();
        for _ in 0..size {
            let _ = go_tx.send(());
        }
        Ok(Self { handles, ids })
    }
}

/// A thread of the pool: one job after another, until the queue is closed and empty.
fn run_jobs(queue: &Queue) {
    let mut ended = None;
    while let Some((kind, job)) = queue.pop(ended) {
        // The submitter gets the error from the job's completion guard; here the thread only has to survive.
        if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(job)) {
            drop_quietly(payload);
        }
        ended = Some(kind);
    }
}

/// pthread_create(3) answers `EAGAIN` whatever the limit was, so the text names the usual ones.
fn explained(cause: &io::Error, got: usize, wanted: usize) -> io::Error {
    let text = format!(
        "{got} of {wanted} threads could be started: {cause}. Raise the limit (ulimit -u, ulimit -v, the container's \
         pids.max), or ask for fewer threads with {}",
        size::VARIABLE
    );
    io::Error::new(cause.kind(), text)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::executor::WorkKind;
    use crate::observe::tasks::wait_until_gone;

    const TIMEOUT: Duration = Duration::from_secs(30);

    #[test]
    fn where_one_thread_cannot_be_started_none_is_left_and_a_later_start_may_succeed() {
        let queue = Arc::new(Queue::default());
        let (id_tx, id_rx) = unbounded();
        let mut left = 2;
        let error = PoolThreads::start(4, &queue, |builder, body| {
            if left == 0 {
                return Err(io::Error::from_raw_os_error(nix::libc::EAGAIN));
            }
            left -= 1;
            let id_tx = id_tx.clone();
            builder.spawn(move || {
                id_tx.send(thread_id()).unwrap();
                body();
            })
        });
        let error = error.err().expect("two of four threads are no pool");
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        for part in ["2 of 4 threads", "ulimit -u", "ulimit -v", "pids.max", "UV_THREADPOOL_SIZE"] {
            assert!(error.to_string().contains(part), "'{part}' is missing in: {error}");
        }
        let ids: Vec<i32> = id_rx.try_iter().collect();
        assert_eq!(ids.len(), 2);
        assert!(wait_until_gone(&ids, TIMEOUT), "of {ids:?} some are left");

        let threads = PoolThreads::start(1, &queue, Builder::spawn).unwrap();
        let (answer_tx, answer_rx) = unbounded();
        assert!(queue.push(WorkKind::Ordinary, Box::new(move || answer_tx.send(thread_id()).unwrap())).is_ok());
        assert_eq!(answer_rx.recv_timeout(TIMEOUT), Ok(threads.ids[0]));
        queue.close();
        threads.handles.into_iter().for_each(|handle| handle.join().unwrap());
    }
}
