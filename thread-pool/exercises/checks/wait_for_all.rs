//! The checks of the exercise `wait_for_all`.

use std::panic;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::unistd::{Pid, gettid};

use answer::{Jobs, Pool};
use harness::watch::{Watcher, falls_asleep};
use harness::{Check, Failure, Outcome, ensure, equal, failure, look};

#[forbid(unsafe_code)]
#[path = "../wait_for_all.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "it waits for the jobs that are queued",
        hint: "count a job from its submit on",
        more: "submit adds 1 under the lock under which it queues the job",
        run: queued,
    },
    Check {
        name: "it waits for the jobs that run, also when the queue is empty",
        hint: "an empty queue does not say that the jobs are done",
        more: "subtract 1 after the job has returned, not when it is taken from the queue",
        run: running,
    },
    Check {
        name: "it waits for the jobs that jobs submit",
        hint: "a job that was submitted by a job counts before that one ends, so the count cannot be 0 between them",
        more: "do not take the number of jobs at the time of the call, or mark the end of the queue: look at the count now",
        run: by_jobs,
    },
    Check {
        name: "a job that panics is done, and its thread goes on",
        hint: "a panic skips the line that subtracts 1",
        more: "catch_unwind around the job, and subtract after it in any case",
        run: panicking,
    },
    Check {
        name: "it sleeps while it waits",
        hint: "let a condition variable put the thread to sleep until the count is 0",
        more: "a loop with yield_now or a short sleep polls; wait_while sleeps, and the last job notifies",
        run: sleeps,
    },
    Check {
        name: "all threads that wait are woken",
        hint: "notify_one wakes one",
        more: "notify_all when the count becomes 0; if idle threads sleep on the same Condvar, they need all, too",
        run: many_waiters,
    },
    Check {
        name: "it returns at once when nothing is pending, and can be called again",
        hint: "look at the count before you sleep",
        more: "wait_while looks first; a message for `all done` would have to be sent before anything was submitted",
        run: again,
    },
    Check {
        name: "dropping the pool runs what is queued, and no thread is left",
        hint: "say that the pool is closed, wake all threads, join them: in Drop",
        more: "a thread ends when the pool is closed and the queue is empty",
        run: dropped,
    },
];

const TIMEOUT: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    harness::run("thread-pool wait_for_all", CHECKS)
}

/// A job that ends once the thread `waiting` sleeps, which is in `wait_for_all`, and then counts itself.
fn slow(waiting: Pid, done: &Arc<AtomicUsize>) -> impl FnOnce(&Jobs) + Send + 'static {
    let done = Arc::clone(done);
    move |_: &Jobs| {
        falls_asleep(waiting);
        done.fetch_add(1, SeqCst);
    }
}

fn queued() -> Outcome {
    let pool = Pool::new(1);
    let done = Arc::new(AtomicUsize::new(0));
    for _ in 0..2 {
        pool.jobs().submit(slow(gettid(), &done));
    }
    pool.wait_for_all();
    equal("2 jobs on one thread: so many were done when it returned", &done.load(SeqCst), &2)
}

fn running() -> Outcome {
    let pool = Pool::new(2);
    let done = Arc::new(AtomicUsize::new(0));
    let (begun_tx, begun_rx) = mpsc::channel();
    for _ in 0..2 {
        let (begun_tx, job) = (begun_tx.clone(), slow(gettid(), &done));
        pool.jobs().submit(move |jobs| {
            let _ = begun_tx.send(());
            job(jobs);
        });
    }
    let begun = (0..2).map_while(|_| begun_rx.recv_timeout(2 * TIMEOUT).ok()).count();
    equal("2 jobs on 2 threads: so many began", &begun, &2)?;
    pool.wait_for_all();
    equal("2 jobs ran, none was queued: so many were done when it returned", &done.load(SeqCst), &2)
}

/// The first job submits the second one once the main thread sleeps in `wait_for_all`.
fn by_jobs() -> Outcome {
    let pool = Pool::new(1);
    let done = Arc::new(AtomicUsize::new(0));
    let first = slow(gettid(), &done);
    let second = slow(gettid(), &done);
    pool.jobs().submit(move |jobs| {
        first(jobs);
        jobs.submit(second);
    });
    pool.wait_for_all();
    equal("the first job submits the second one: so many were done when it returned", &done.load(SeqCst), &2)
}

/// Runs `wait_for_all` on another thread; fails if it does not return.
fn waited(pool: &Arc<Pool>) -> Result<(), Failure> {
    let (returned_tx, returned_rx) = mpsc::channel();
    let waiting = Arc::clone(pool);
    thread::spawn(move || {
        waiting.wait_for_all();
        drop(waiting);
        let _ = returned_tx.send(());
    });
    let returned = returned_rx.recv_timeout(TIMEOUT);
    returned.map_err(|_| failure("all jobs have ended, but wait_for_all did not return within 3 seconds"))
}

fn panicking() -> Outcome {
    let pool = Arc::new(Pool::new(1));
    let done = Arc::new(AtomicUsize::new(0));
    for n in 0..4 {
        let done = Arc::clone(&done);
        pool.jobs().submit(move |_| {
            if n % 2 == 0 {
                panic::resume_unwind(Box::new("broken")); // a panic without a message on standard error
            }
            done.fetch_add(1, SeqCst);
        });
    }
    waited(&pool)?;
    equal(
        "4 jobs on one thread, of which the first and the third panic: so many came to their end",
        &done.load(SeqCst),
        &2,
    )
}

/// The job ends after the watcher's result.
fn sleeps() -> Outcome {
    let watcher = Watcher::fork()?;
    let pool = Pool::new(2);
    let (asleep_tx, asleep_rx) = mpsc::channel();
    pool.jobs().submit(move |_| _ = asleep_tx.send(watcher.all_asleep()));
    pool.wait_for_all();
    let asleep = asleep_rx.recv_timeout(2 * TIMEOUT).unwrap_or_default();
    ensure(asleep, "one thread waits, one of the pool's has no job", "asleep in one system call", "awake")
}

/// Three threads wait for one job.
fn many_waiters() -> Outcome {
    let pool = Arc::new(Pool::new(1));
    let (release, released) = mpsc::channel::<()>();
    pool.jobs().submit(move |_| _ = released.recv());
    let (tid_tx, tid_rx) = mpsc::channel();
    let (returned_tx, returned_rx) = mpsc::channel();
    for _ in 0..3 {
        let (pool, tid_tx, returned_tx) = (Arc::clone(&pool), tid_tx.clone(), returned_tx.clone());
        thread::spawn(move || {
            let _ = tid_tx.send(gettid());
            pool.wait_for_all();
            drop(pool);
            let _ = returned_tx.send(());
        });
    }
    for thread in tid_rx.iter().take(3) {
        falls_asleep(thread);
    }
    drop(release);
    let returned = (0..3).map_while(|_| returned_rx.recv_timeout(TIMEOUT).ok()).count();
    equal("3 threads waited for the last job: so many returned", &returned, &3)
}

fn again() -> Outcome {
    let pool = Arc::new(Pool::new(2));
    let done = Arc::new(AtomicUsize::new(0));
    waited(&pool)?;
    for round in 1..=20 {
        let count = Arc::clone(&done);
        pool.jobs().submit(move |_| _ = count.fetch_add(1, SeqCst));
        waited(&pool)?;
        equal("one more job was submitted and waited for: so many were done", &done.load(SeqCst), &round)?;
    }
    waited(&pool)
}

/// The first job ends once the main thread sleeps, which is while it drops the pool.
fn dropped() -> Outcome {
    let pool = Pool::new(1);
    let done = Arc::new(AtomicUsize::new(0));
    for _ in 0..5 {
        pool.jobs().submit(slow(gettid(), &done));
    }
    drop(pool);
    equal("5 jobs were submitted, the pool was dropped: so many were done", &done.load(SeqCst), &5)?;
    look::wait_until(|| look::threads() == 1);
    equal("so many threads has the process now", &look::threads(), &1)
}
