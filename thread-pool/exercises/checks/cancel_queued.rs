//! The checks of the exercise `cancel_queued`.

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use nix::unistd::gettid;

use answer::{Busy, End, JobHandle, Pool};
use harness::watch::{Watcher, falls_asleep};
use harness::{Check, Failure, Outcome, ensure, equal, failure, look};

#[forbid(unsafe_code)]
#[path = "../cancel_queued.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "a queued job that is cancelled never runs",
        hint: "take the job out of the queue; the ones behind it stay",
        more: "position() finds the job in the queue, remove() takes it out",
        run: queued,
    },
    Check {
        name: "a running job cannot be cancelled",
        hint: "a job that a thread has taken is no longer queued: Err(Busy)",
        more: "the thread sets the state to `running` under the lock under which it takes the job",
        run: running,
    },
    Check {
        name: "a done job cannot be cancelled",
        hint: "Err(Busy), and wait still returns Done",
        more: "only a job that is found in the queue may change its state to `cancelled`",
        run: done,
    },
    Check {
        name: "of many cancels one succeeds",
        hint: "look for the job and take it out under the same lock",
        more: "whoever takes the job out of the queue has cancelled it; the others find it no more",
        run: many_cancels,
    },
    Check {
        name: "a cancelled job is dropped at once, with all that it holds",
        hint: "a flag leaves the closure in the queue until its turn: take it out in cancel",
        more: "remove() returns the job: drop it before cancel returns, after the lock was released",
        run: dropped_at_once,
    },
    Check {
        name: "all threads that wait for a cancelled job are woken",
        hint: "cancel ends the job, so it must wake those that wait, too",
        more: "notify_all after the state was set to `cancelled`",
        run: waiters,
    },
    Check {
        name: "wait sleeps until the job has ended",
        hint: "let a condition variable put the thread to sleep until the state is `done` or `cancelled`",
        more: "a loop with yield_now or a short sleep polls; wait_while sleeps",
        run: wait_sleeps,
    },
    Check {
        name: "dropping the pool runs the other jobs, and no thread is left",
        hint: "say that the pool is closed, wake all threads, join them: in Drop",
        more: "a thread ends when the pool is closed and the queue is empty",
        run: pool_dropped,
    },
];

const TIMEOUT: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    harness::run("thread-pool cancel_queued", CHECKS)
}

/// Occupies a thread of the pool with a job that ends when the sender is dropped. Returns once it has begun.
fn occupy(pool: &Pool) -> Result<(Sender<()>, JobHandle), Failure> {
    let (begun_tx, begun_rx) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let job = pool.submit(move || {
        let _ = begun_tx.send(());
        let _ = released.recv();
    });
    begun_rx.recv_timeout(TIMEOUT).map_err(|_| failure("a job did not begin, although a thread was free"))?;
    Ok((release, job))
}

fn queued() -> Outcome {
    let pool = Pool::new(1);
    let (release, first) = occupy(&pool)?;
    let (name_tx, name_rx) = mpsc::channel();
    let submit = |name: &'static str| {
        let name_tx = name_tx.clone();
        pool.submit(move || _ = name_tx.send(name))
    };
    let jobs = ["a", "b", "c"].map(submit);
    equal("cancel of b, which is queued", &jobs[1].cancel(), &Ok(()))?;
    drop(release);
    let ends = [first.wait(), jobs[0].wait(), jobs[1].wait(), jobs[2].wait()];
    equal("a, b and c were queued, b was cancelled: these ran", &name_rx.try_iter().collect(), &vec!["a", "c"])?;
    let expected = [End::Done, End::Done, End::Cancelled, End::Done];
    equal("how the first job, a, b and c ended", &ends, &expected)
}

fn running() -> Outcome {
    let pool = Pool::new(1);
    let (release, job) = occupy(&pool)?;
    equal("cancel of a job that runs", &job.cancel(), &Err(Busy))?;
    drop(release);
    equal("how it ended", &job.wait(), &End::Done)
}

fn done() -> Outcome {
    let pool = Pool::new(1);
    let job = pool.submit(|| {});
    equal("how the job ended", &job.wait(), &End::Done)?;
    equal("cancel of a job that is done", &job.cancel(), &Err(Busy))?;
    equal("how it ended, asked again", &job.wait(), &End::Done)
}

/// Four threads cancel each of a hundred jobs, all at the same moment.
fn many_cancels() -> Outcome {
    const JOBS: usize = 100;
    let pool = Pool::new(1);
    let (release, _job) = occupy(&pool)?;
    let jobs: Vec<JobHandle> = (0..JOBS).map(|_| pool.submit(|| {})).collect();
    let start = Barrier::new(4);
    let succeeded = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for job in &jobs {
                    start.wait();
                    succeeded.fetch_add(usize::from(job.cancel().is_ok()), SeqCst);
                }
            });
        }
    });
    drop(release);
    equal("4 threads cancelled each of 100 queued jobs: so many cancels succeeded", &succeeded.into_inner(), &JOBS)
}

fn dropped_at_once() -> Outcome {
    let pool = Pool::new(1);
    let (release, _job) = occupy(&pool)?;
    let held = Arc::new(());
    let picture = Arc::clone(&held);
    let job = pool.submit(move || drop(picture));
    equal("cancel of a queued job", &job.cancel(), &Ok(()))?;
    let owners = Arc::strong_count(&held);
    drop(release);
    equal("the job held an Arc that the check holds, too: its owners after the cancel", &owners, &1)
}

fn waiters() -> Outcome {
    let pool = Pool::new(1);
    let (release, _job) = occupy(&pool)?;
    let job = Arc::new(pool.submit(|| {}));
    let (tid_tx, tid_rx) = mpsc::channel();
    let (end_tx, end_rx) = mpsc::channel();
    for _ in 0..3 {
        let (job, tid_tx, end_tx) = (Arc::clone(&job), tid_tx.clone(), end_tx.clone());
        thread::spawn(move || {
            let _ = tid_tx.send(gettid());
            let _ = end_tx.send(job.wait());
        });
    }
    for thread in tid_rx.iter().take(3) {
        falls_asleep(thread);
    }
    equal("cancel of a queued job", &job.cancel(), &Ok(()))?;
    let ends: Vec<End> = (0..3).map_while(|_| end_rx.recv_timeout(TIMEOUT).ok()).collect();
    drop(release);
    equal("what the three threads got that waited", &ends, &vec![End::Cancelled; 3])
}

/// The job ends after the watcher's result.
fn wait_sleeps() -> Outcome {
    let watcher = Watcher::fork()?;
    let pool = Pool::new(2);
    let (asleep_tx, asleep_rx) = mpsc::channel();
    let job = pool.submit(move || _ = asleep_tx.send(watcher.all_asleep()));
    equal("how the job ended", &job.wait(), &End::Done)?;
    let asleep = asleep_rx.try_recv().unwrap_or_default();
    ensure(asleep, "one thread waits for a job, one of the pool's has none", "asleep in one system call", "awake")
}

/// The first job ends once the main thread sleeps, which is while it drops the pool.
fn pool_dropped() -> Outcome {
    let main = gettid();
    let pool = Pool::new(1);
    let ran = Arc::new(AtomicUsize::new(0));
    let (begun_tx, begun_rx) = mpsc::channel();
    pool.submit(move || {
        let _ = begun_tx.send(());
        falls_asleep(main);
    });
    begun_rx.recv_timeout(TIMEOUT).map_err(|_| failure("the first job did not begin"))?;
    let submit = |_| {
        let ran = Arc::clone(&ran);
        pool.submit(move || _ = ran.fetch_add(1, SeqCst))
    };
    let jobs: Vec<JobHandle> = (0..5).map(submit).collect();
    let cancelled = jobs.iter().take(2).filter(|job| job.cancel().is_ok()).count();
    drop(pool);
    let ran = (cancelled, ran.load(SeqCst));
    equal("of 5 queued jobs 2 are cancelled, then the pool is dropped: cancelled, run", &ran, &(2, 3))?;
    look::wait_until(|| look::threads() == 1);
    equal("so many threads has the process now", &look::threads(), &1)
}
