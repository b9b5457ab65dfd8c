//! The checks of the exercise `survives_panics`.

use std::any::Any;
use std::collections::BTreeSet;
use std::panic;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use nix::unistd::gettid;

use answer::{Pool, Task};
use harness::watch::{Watcher, falls_asleep};
use harness::{Check, Failure, Outcome, ensure, equal, failure, look};

#[forbid(unsafe_code)]
#[path = "../survives_panics.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "wait returns the job's result",
        hint: "the closure in the queue runs the job and sends its result to the task",
        more: "make a channel in submit: its sender goes into the closure, its receiver into the Task",
        run: results,
    },
    Check {
        name: "n jobs run at the same time, none on the submitting thread",
        hint: "a thread must not hold the lock of the queue while it runs a job",
        more: "`while let Ok(job) = queue.lock()...recv()` holds the lock during the body: take the job in a `let` first",
        run: at_the_same_time,
    },
    Check {
        name: "the payload of a panic is handed back",
        hint: "catch_unwind gives the payload as Err: send it on as it is",
        more: "a new text says nothing about the reason; Box<dyn Any + Send> is what the caller wants",
        run: payload,
    },
    Check {
        name: "after panics the same threads run jobs",
        hint: "the panic must not leave the thread's loop",
        more: "call catch_unwind inside of the loop; a new thread for each panic costs more than it saves",
        run: same_threads,
    },
    Check {
        name: "wait sleeps until the job is done",
        hint: "let the task sleep until the thread that ran the job wakes it",
        more: "try_recv, is_finished or yield_now in a loop polls; recv() or a Condvar sleeps",
        run: wait_sleeps,
    },
    Check {
        name: "dropping the pool runs what is queued, and no thread is left",
        hint: "close the queue, then join each thread: in Drop",
        more: "a thread ends when the queue is closed and empty; the sender must be dropped before you join",
        run: dropped,
    },
];

fn main() -> ExitCode {
    harness::run("thread-pool survives_panics", CHECKS)
}

/// What the job returned; a panic is a failure of the answer here.
fn returned<R>(task: Task<R>) -> Result<R, Failure> {
    task.wait().map_err(|_| failure("wait returned Err, but the job did not panic"))
}

/// A panic without a message on standard error.
fn broken() -> u32 {
    panic::resume_unwind(Box::new("broken"))
}

fn text(payload: &(dyn Any + Send)) -> &'static str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or("another payload")
}

fn results() -> Outcome {
    let pool = Pool::new(2);
    let numbers: Vec<Task<u32>> = (0..10).map(|n| pool.submit(move || n * n)).collect();
    let word = pool.submit(|| "a word".to_owned());
    equal("a job that returns a text", &returned(word)?, &"a word".to_owned())?;
    for (n, task) in (0..10).zip(numbers) {
        equal("a job that returns a square", &returned(task)?, &(n * n))?;
    }
    Ok(())
}

/// The threads that run `count` jobs at the same time: each job waits until all have begun.
fn threads_of(pool: &Pool, count: usize) -> Result<BTreeSet<i32>, Failure> {
    let begun = Arc::new(AtomicUsize::new(0));
    let given_up = Arc::new(AtomicBool::new(false));
    let mut tasks = Vec::new();
    for _ in 0..count {
        let (begun, given_up) = (Arc::clone(&begun), Arc::clone(&given_up));
        tasks.push(pool.submit(move || {
            begun.fetch_add(1, SeqCst);
            if !look::wait_until(|| begun.load(SeqCst) == count || given_up.load(SeqCst)) {
                given_up.store(true, SeqCst);
            }
            gettid().as_raw()
        }));
    }
    let ids: BTreeSet<i32> = tasks.into_iter().map(returned).collect::<Result<_, _>>()?;
    equal("each job waits until all have begun: they did", &!given_up.load(SeqCst), &true)?;
    Ok(ids)
}

fn at_the_same_time() -> Outcome {
    let ids = threads_of(&Pool::new(3), 3)?;
    equal("3 jobs on a pool of 3: so many threads ran them", &ids.len(), &3)?;
    let here = ids.contains(&gettid().as_raw());
    ensure(!here, "where the jobs ran", "on the pool's threads", "one ran on the thread that submitted it")
}

fn payload() -> Outcome {
    let pool = Pool::new(1);
    match pool.submit(broken).wait() {
        Ok(_) => Err(failure("the job panicked, but wait returned Ok")),
        Err(payload) => equal("the payload of the job's panic", &text(&*payload), &"broken"),
    }
}

fn same_threads() -> Outcome {
    let pool = Pool::new(2);
    let before = threads_of(&pool, 2)?;
    let tasks: Vec<Task<u32>> = (0..8).map(|_| pool.submit(broken)).collect();
    for task in tasks {
        ensure(task.wait().is_err(), "a job that panics", "Err", "Ok")?;
    }
    let after = threads_of(&pool, 2)?;
    equal("the ids of the pool's threads after eight panics", &after, &before)
}

/// The job ends after the watcher's result.
fn wait_sleeps() -> Outcome {
    let watcher = Watcher::fork()?;
    let pool = Pool::new(2);
    let asleep = returned(pool.submit(move || watcher.all_asleep()))?;
    ensure(asleep, "one thread waits for a job, one of the pool's has none", "asleep in one system call", "awake")
}

/// The first job ends once the main thread sleeps, which is while it drops the pool.
fn dropped() -> Outcome {
    let main = gettid();
    let pool = Pool::new(1);
    let done = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::new();
    for n in 0..5 {
        let done = Arc::clone(&done);
        tasks.push(pool.submit(move || {
            if n == 0 {
                falls_asleep(main);
            }
            done.fetch_add(1, SeqCst);
        }));
    }
    drop(pool);
    equal("5 jobs were submitted, the pool was dropped: so many were done", &done.load(SeqCst), &5)?;
    look::wait_until(|| look::threads() == 1);
    equal("so many threads has the process now", &look::threads(), &1)
}
