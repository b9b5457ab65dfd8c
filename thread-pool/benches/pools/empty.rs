//! Empty jobs, submitted and completed: what the pool itself costs.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::AcqRel};
use std::sync::{Arc, Barrier};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use thread_pool::{Executor, Pool, Submitter, executor};

use crate::table::{self, Samples};

const THREADS: usize = 4;
const ROUNDS: usize = 101;
/// Batches of one in a sample: one alone is too short for the clock.
const ROUND_TRIPS: usize = 100;

/// How a batch is submitted and waited for; the same for the three pools.
type Batch = fn(&dyn Executor, usize) -> io::Result<()>;

pub(crate) fn run() -> io::Result<()> {
    let ours = Pool::new(THREADS);
    let (threadpool, rayon) = (executor::threadpool(THREADS)?, executor::rayon(THREADS)?);
    let pools: [&dyn Executor; 3] = [&ours, &threadpool, &rayon];
    for (how, batch) in [("counted", counted as Batch), ("called back", called_back)] {
        for (submitters, size) in [(1, 1), (4, 1), (1, 10_000), (4, 10_000)] {
            let batches = if size == 1 { ROUND_TRIPS } else { 1 };
            let mut samples: [Samples; 3] = Default::default();
            for round in 0..ROUNDS + 2 {
                for turn in 0..3 {
                    let pool = (turn + round) % 3;
                    let took = sample(pools[pool], submitters, batches, size, batch)?;
                    if round >= 2 {
                        samples[pool].push(took / (submitters * batches * size) as u32);
                    }
                }
            }
            let what = format!("{how}, {submitters} submitter(s), by {size}");
            table::line(&format!("{what}: threadpool"), &samples[0], &samples[1], Some(1.0));
            table::line(&format!("{what}: rayon"), &samples[0], &samples[2], Some(1.5));
        }
    }
    Ok(())
}

/// From the moment when all submitters are there to the end of the last.
fn sample(pool: &dyn Executor, submitters: usize, batches: usize, size: usize, batch: Batch) -> io::Result<Duration> {
    let start = Barrier::new(submitters + 1);
    thread::scope(|scope| {
        let submitter = || {
            scope.spawn(|| {
                start.wait();
                (0..batches).try_for_each(|_| batch(pool, size))
            })
        };
        let threads: Vec<_> = (0..submitters).map(|_| submitter()).collect();
        start.wait();
        let begun = Instant::now();
        for thread in threads {
            thread.join().expect("a submitter does not panic")?;
        }
        Ok(begun.elapsed())
    })
}

/// The pool alone: the last of the jobs wakes the submitter.
fn counted(pool: &dyn Executor, size: usize) -> io::Result<()> {
    struct Left(AtomicUsize, Thread);
    let left = Arc::new(Left(AtomicUsize::new(size), thread::current()));
    for _ in 0..size {
        let left = Arc::clone(&left);
        pool.execute(Box::new(move || {
            if left.0.fetch_sub(1, AcqRel) == 1 {
                left.1.unpark();
            }
        }))?;
    }
    while left.0.load(std::sync::atomic::Ordering::Acquire) > 0 {
        thread::park();
    }
    Ok(())
}

/// The pool with a submitter: each job's callback runs on the thread that submitted it.
fn called_back(pool: &dyn Executor, size: usize) -> io::Result<()> {
    let submitter = Submitter::new(pool);
    for _ in 0..size {
        submitter.submit(|| (), |_| ())?;
    }
    submitter.run_until_idle();
    Ok(())
}
