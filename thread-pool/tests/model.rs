//! The queue and the tickets under a model checker: their files, compiled again with loom's primitives,
//! which run every order of the threads' steps that has at most two pre-emptions. A lost wake-up shows as a deadlock.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "the files are parts of the crate; some of what is in them is not used here"
)]

mod support {
    pub(crate) mod sync {
        pub(crate) use loom::sync::mpsc::{Receiver, Sender, channel as unbounded};
        pub(crate) use loom::sync::{Arc, Condvar, Mutex, MutexGuard, atomic};

        /// A hint, which changes nothing: loom tries every order anyway.
        pub(crate) fn yield_now() {}
    }
}
mod executor {
    pub(crate) use thread_pool::{Job, WorkKind};
}
#[path = "../src/outcome.rs"]
mod outcome;
#[path = "../src/queue.rs"]
mod queue;
#[path = "../src/completion.rs"]
mod completion;

use std::time::Duration;

use completion::{Completion, CompletionGuard, JobHandle};
use executor::WorkKind::{self, Ordinary, SlowIo};
use loom::thread;
use outcome::JobError;
use queue::Queue;
use support::sync::Arc;
use support::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use support::sync::{Receiver, Sender, unbounded};

/// Runs the check in every order, and fails when that takes too long.
fn model(check: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.max_duration = None;
    let begun = std::time::Instant::now();
    builder.check(check);
    assert!(begun.elapsed() < Duration::from_secs(60), "the model has grown too large: {:?}", begun.elapsed());
}

/// A pool without its Linux side: threads on a queue that holds `slow` threads for lookups at most.
struct Model {
    queue: Arc<Queue>,
    address: Sender<Completion>,
    inbox: Receiver<Completion>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Model {
    fn new(threads: usize, slow: usize) -> Self {
        let queue = Arc::new(Queue::default());
        queue.allow_slow(slow);
        let start = |_| {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                let mut ended = None;
                while let Some((kind, job)) = queue.pop(ended) {
                    job();
                    ended = Some(kind);
                }
            })
        };
        let threads = (0..threads).map(start).collect();
        let (address, inbox) = unbounded();
        Self { queue, address, inbox, threads }
    }

    /// Whether it was accepted; a job that was not sends its outcome, too, but no test waits for it.
    fn submit(&self, id: u64, kind: WorkKind, job: impl FnOnce() + Send + 'static) -> (JobHandle, bool) {
        let (guard, handle) = CompletionGuard::new(id, self.address.clone());
        let accepted = self.queue.push(kind, Box::new(move || guard.run(job))).is_ok();
        (handle, accepted)
    }

    fn join(&mut self) {
        self.threads.drain(..).for_each(|thread| thread.join().unwrap());
    }

    /// Waits for `count` completions, and for no more; what came of each job, by number.
    fn completions(&self, count: usize) -> Vec<(u64, Option<JobError>)> {
        let completion = |_| self.inbox.recv().map(|(id, outcome)| (id, outcome.err())).unwrap();
        let mut completed: Vec<_> = (0..count).map(completion).collect();
        completed.sort_by_key(|(id, _)| *id);
        completed
    }

    fn nothing_is_left(&self) {
        assert!(self.inbox.try_recv().is_err(), "a job was completed twice");
    }
}

#[test]
fn no_wake_up_is_lost_between_jobs_and_threads() {
    model(|| {
        let mut pool = Model::new(2, 1);
        (0..2).for_each(|id| assert!(pool.submit(id, Ordinary, || ()).1));
        assert_eq!(pool.completions(2), [(0, None), (1, None)]); // before the close, whose call would hide a lost one
        pool.queue.close();
        pool.join();
        pool.nothing_is_left();
    });
}

#[test]
fn two_jobs_that_wait_for_each_other_both_find_a_thread() {
    model(|| {
        let mut pool = Model::new(2, 1);
        let ((to_first, first), (to_second, second)) = (unbounded(), unbounded());
        for (id, (mine, other)) in [(first, to_second), (second, to_first)].into_iter().enumerate() {
            pool.submit(id as u64, Ordinary, move || {
                other.send(()).unwrap();
                mine.recv().unwrap();
            });
        }
        assert_eq!(pool.completions(2), [(0, None), (1, None)]);
        pool.queue.close();
        pool.join();
    });
}

#[test]
fn slow_io_holds_one_of_two_threads_and_nothing_is_stuck() {
    model(|| {
        let mut pool = Model::new(2, 1);
        let at_once = Arc::new(AtomicUsize::new(0));
        for id in 0..2 {
            let at_once = Arc::clone(&at_once);
            pool.submit(id, SlowIo, move || {
                assert_eq!(at_once.fetch_add(1, SeqCst), 0, "two lookups at once");
                at_once.fetch_sub(1, SeqCst);
            });
        }
        pool.submit(2, Ordinary, || ());
        assert_eq!(pool.completions(3), [(0, None), (1, None), (2, None)]);
        pool.queue.close();
        pool.join();
        pool.nothing_is_left();
    });
}

#[test]
fn a_queue_that_closes_with_lookups_left_is_drained() {
    model(|| {
        let mut pool = Model::new(2, 1);
        (0..2).for_each(|id| assert!(pool.submit(id, SlowIo, || ()).1));
        pool.queue.close();
        pool.join();
        assert_eq!(pool.completions(2), [(0, None), (1, None)]);
        pool.nothing_is_left();
    });
}

#[test]
fn a_cancel_that_meets_a_thread_completes_the_job_once() {
    model(|| {
        let mut pool = Model::new(1, 1);
        let ran = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&ran);
        let (job, _) = pool.submit(0, Ordinary, move || _ = count.fetch_add(1, SeqCst));
        let cancelled = job.cancel();
        let completed = pool.completions(1);
        assert_eq!(completed, [(0, cancelled.then_some(JobError::Cancelled))]);
        assert!(!job.cancel(), "cancelled twice");
        pool.queue.close();
        pool.join();
        assert_eq!(ran.load(SeqCst), usize::from(!cancelled));
        pool.nothing_is_left();
    });
}

#[test]
fn a_shutdown_that_discards_meets_a_cancel_and_a_submit_without_deadlock() {
    model(|| {
        let mut pool = Model::new(1, 1);
        let (job, _) = pool.submit(0, Ordinary, || ());
        let queue = Arc::clone(&pool.queue);
        let shutdown = thread::spawn(move || {
            queue.close();
            drop(queue.take_all());
        });
        let cancelled = job.cancel();
        let (late, accepted) = pool.submit(1, Ordinary, || ());
        shutdown.join().unwrap();
        pool.join();
        assert_eq!((job.cancel(), late.cancel()), (false, false));
        let completed = pool.completions(2);
        assert_eq!(completed[0].1 == Some(JobError::Cancelled), cancelled);
        assert!(accepted || completed[1].1 == Some(JobError::Discarded));
        pool.nothing_is_left();
    });
}
