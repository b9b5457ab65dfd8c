//! The checks of the exercise `priority_lane`.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use nix::unistd::gettid;

use answer::{Pool, Priority};
use harness::watch::{Watcher, falls_asleep};
use harness::{Check, Failure, Outcome, ensure, equal, failure, look};

#[forbid(unsafe_code)]
#[path = "../priority_lane.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "urgent jobs run before ordinary ones, each kind in the order of submit",
        hint: "one queue for each kind: take from the urgent one first, always at its front",
        more: "push_front on a common queue runs the urgent jobs in reverse order",
        run: urgent_first,
    },
    Check {
        name: "after three urgent jobs that passed it, an ordinary job is next",
        hint: "count the urgent jobs that pass, and let an ordinary one go when the count is three",
        more: "after an ordinary job the count is 0 again: of seven urgent jobs three pass, and three more",
        run: no_starving,
    },
    Check {
        name: "urgent jobs that pass nobody are not counted",
        hint: "count an urgent job only if an ordinary one waits when it begins",
        more: "look at the ordinary queue when you take an urgent job: if it is empty, the count stays",
        run: not_counted,
    },
    Check {
        name: "urgent jobs that keep coming do not starve an ordinary one",
        hint: "the rule holds whenever a job is taken, not only for the jobs that were there at first",
        more: "no batch of urgent jobs may be taken out at once",
        run: keep_coming,
    },
    Check {
        name: "n jobs run at the same time",
        hint: "release the lock before you run the job",
        more: "take the job in a `let`, so that the guard is dropped before the call",
        run: at_the_same_time,
    },
    Check {
        name: "threads without a job sleep",
        hint: "let a condition variable put them to sleep until a job is submitted",
        more: "Condvar::wait in a loop around `is there a job?`; submit calls notify_one",
        run: idle_threads_sleep,
    },
    Check {
        name: "dropping the pool runs what is queued, and no thread is left",
        hint: "say that the pool is closed, wake all threads, join them: in Drop",
        more: "a thread ends when the pool is closed and both queues are empty",
        run: dropped,
    },
];

const TIMEOUT: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    harness::run("thread-pool priority_lane", CHECKS)
}

/// Occupies the pool's only thread with an urgent job, which ends when the sender is dropped. Returns once it has begun.
fn occupy(pool: &Pool) -> Result<Sender<()>, Failure> {
    let (begun_tx, begun_rx) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    pool.submit(Priority::Urgent, move || {
        let _ = begun_tx.send(());
        let _ = released.recv();
    });
    begun_rx.recv_timeout(TIMEOUT).map_err(|_| failure("an urgent job did not begin, although a thread was free"))?;
    Ok(release)
}

/// Submits the jobs to a pool of one thread while its thread is occupied: the order in which they ran. A name that begins
/// with `u` is that of an urgent job.
fn order(names: &[&'static str], before: usize) -> Result<Vec<&'static str>, Failure> {
    let pool = Pool::new(1);
    for _ in 0..before {
        drop(occupy(&pool)?);
    }
    let release = occupy(&pool)?;
    let (name_tx, name_rx) = mpsc::channel();
    for &name in names {
        let name_tx = name_tx.clone();
        let priority = if name.starts_with('u') { Priority::Urgent } else { Priority::Ordinary };
        pool.submit(priority, move || _ = name_tx.send(name));
    }
    drop(release);
    Ok(names.iter().map_while(|_| name_rx.recv_timeout(TIMEOUT).ok()).collect())
}

fn urgent_first() -> Outcome {
    let order = order(&["o1", "o2", "u1", "u2", "u3"], 0)?;
    equal("o1 o2 u1 u2 u3 were submitted", &order, &vec!["u1", "u2", "u3", "o1", "o2"])
}

fn no_starving() -> Outcome {
    let order = order(&["o1", "o2", "u1", "u2", "u3", "u4", "u5", "u6", "u7"], 0)?;
    let expected = vec!["u1", "u2", "u3", "o1", "u4", "u5", "u6", "o2", "u7"];
    equal("o1 o2 and u1 to u7 were submitted", &order, &expected)
}

/// Three urgent jobs ran before any ordinary one was submitted.
fn not_counted() -> Outcome {
    let order = order(&["o1", "u1", "u2", "u3", "u4"], 2)?;
    equal("three urgent jobs had run, then o1 u1 u2 u3 u4 came", &order, &vec!["u1", "u2", "u3", "o1", "u4"])
}

/// Urgent jobs of which each submits the next one, up to a hundred.
fn keep_coming() -> Outcome {
    let pool = Arc::new(Pool::new(1));
    let release = occupy(&pool)?;
    let begun = Arc::new(AtomicUsize::new(0));
    let (passed_tx, passed_rx) = mpsc::channel();
    let seen = Arc::clone(&begun);
    pool.submit(Priority::Ordinary, move || _ = passed_tx.send(seen.load(SeqCst)));
    urgent_chain(&pool, &begun);
    drop(release);
    let passed = passed_rx.recv_timeout(TIMEOUT);
    let passed = passed.map_err(|_| failure("the ordinary job did not run within 3 seconds"))?;
    equal("each urgent job submits the next: so many passed the ordinary one", &passed, &3)?;
    look::wait_until(|| Arc::strong_count(&pool) == 1); // or the last job would drop the pool on the pool's thread
    Ok(())
}

fn urgent_chain(pool: &Arc<Pool>, begun: &Arc<AtomicUsize>) {
    let (next_pool, next_begun) = (Arc::clone(pool), Arc::clone(begun));
    pool.submit(Priority::Urgent, move || {
        if next_begun.fetch_add(1, SeqCst) < 100 {
            urgent_chain(&next_pool, &next_begun);
        }
    });
}

/// Each job waits until three have begun.
fn at_the_same_time() -> Outcome {
    let pool = Pool::new(3);
    let begun = Arc::new(AtomicUsize::new(0));
    let given_up = Arc::new(AtomicBool::new(false));
    let (met_tx, met_rx) = mpsc::channel();
    for priority in [Priority::Ordinary, Priority::Urgent, Priority::Ordinary] {
        let (begun, given_up, met_tx) = (Arc::clone(&begun), Arc::clone(&given_up), met_tx.clone());
        pool.submit(priority, move || {
            begun.fetch_add(1, SeqCst);
            if !look::wait_until(|| begun.load(SeqCst) == 3 || given_up.load(SeqCst)) {
                given_up.store(true, SeqCst);
            }
            let _ = met_tx.send(!given_up.load(SeqCst));
        });
    }
    let met: Vec<bool> = (0..3).map_while(|_| met_rx.recv_timeout(2 * TIMEOUT).ok()).collect();
    equal("3 threads, 3 jobs: each waited until 3 had begun", &met, &vec![true; 3])
}

/// Two threads that have done a job, one that has had none.
fn idle_threads_sleep() -> Outcome {
    let watcher = Watcher::fork()?;
    let pool = Pool::new(3);
    let (done_tx, done_rx) = mpsc::channel();
    for priority in [Priority::Ordinary, Priority::Urgent] {
        let done_tx = done_tx.clone();
        pool.submit(priority, move || _ = done_tx.send(()));
    }
    let done = (0..2).map_while(|_| done_rx.recv_timeout(TIMEOUT).ok()).count();
    equal("two jobs were submitted: so many were done", &done, &2)?;
    ensure(watcher.all_asleep(), "three threads have no job", "asleep in one system call", "awake")
}

/// The first job ends once the main thread sleeps, which is while it drops the pool.
fn dropped() -> Outcome {
    let main = gettid();
    let pool = Pool::new(1);
    let done = Arc::new(AtomicUsize::new(0));
    for n in 0..6 {
        let done = Arc::clone(&done);
        let priority = if n % 2 == 0 { Priority::Urgent } else { Priority::Ordinary };
        pool.submit(priority, move || {
            if n == 0 {
                falls_asleep(main);
            }
            done.fetch_add(1, SeqCst);
        });
    }
    drop(pool);
    equal("6 jobs were submitted, the pool was dropped: so many were done", &done.load(SeqCst), &6)?;
    look::wait_until(|| look::threads() == 1);
    equal("so many threads has the process now", &look::threads(), &1)
}
