//! Empty jobs, submitted and completed: what the pool itself costs.

use std::fs;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use thread_pool::{Executor, Pool, Submitter};

use crate::executors::{Rayon, Threadpool};
use crate::table::{self, Samples};

const THREADS: usize = 4;
const ROUNDS: usize = 41;
const WARM_UP: usize = 2;
/// Batches of one in a sample: one alone is too short for the clock.
const ROUND_TRIPS: usize = 100;
/// Large batches in a sample: one alone is not much longer than the scheduler's slices, and its time a matter of luck.
const LARGE_BATCHES: usize = 5;

/// How a batch is submitted and waited for; the same for the three pools.
type Batch = fn(&dyn Executor, usize) -> io::Result<()>;

pub(crate) fn run() -> io::Result<()> {
    let ours = Pool::new(THREADS);
    ours.start()?;
    let (threadpool, rayon) = (Threadpool::new(THREADS), Rayon::new(THREADS));
    let pools: [&dyn Executor; 3] = [&ours, &threadpool, &rayon];
    for (how, batch) in [("counted", counted as Batch), ("called back", called_back)] {
        // One job at a time between two threads: left to the scheduler, the time depends on whether it puts the two on
        // one processor (5 us) or on two (25 us), and no median is worth a verdict.
        let cores = sched_getaffinity(Pid::from_raw(0))?;
        place(&first_of(&cores)?)?;
        compare(&pools, &format!("{how}, 1 submitter by 1, one CPU"), (1, 1), batch, true)?;
        place(&cores)?;
        compare(&pools, &format!("{how}, 1 submitter by 1"), (1, 1), batch, false)?;
        compare(&pools, &format!("{how}, 4 submitters by 1"), (4, 1), batch, true)?;
        compare(&pools, &format!("{how}, 1 submitter by 10000"), (1, 10_000), batch, true)?;
        compare(&pools, &format!("{how}, 4 submitters by 10000"), (4, 10_000), batch, true)?;
    }
    Ok(())
}

fn first_of(cores: &CpuSet) -> io::Result<CpuSet> {
    let mut first = CpuSet::new();
    let number = (0..CpuSet::count()).find(|core| cores.is_set(*core).unwrap_or(false));
    first.set(number.ok_or_else(|| io::Error::other("this process may run on no processor"))?)?;
    Ok(first)
}

/// Has every thread of this process run on these processors.
fn place(cores: &CpuSet) -> io::Result<()> {
    for thread in fs::read_dir("/proc/self/task")? {
        let id = thread?.file_name().to_string_lossy().parse().map_err(io::Error::other)?;
        sched_setaffinity(Pid::from_raw(id), cores)?;
    }
    Ok(())
}

fn compare(
    pools: &[&dyn Executor; 3],
    what: &str,
    (submitters, size): (usize, usize),
    batch: Batch,
    judged: bool,
) -> io::Result<()> {
    let batches = if size == 1 { ROUND_TRIPS } else { LARGE_BATCHES };
    let mut samples: [Samples; 3] = Default::default();
    for round in 0..WARM_UP + ROUNDS {
        for turn in 0..3 {
            let pool = (turn + round) % 3;
            let took = sample(pools[pool], submitters, batches, size, batch)?;
            if round >= WARM_UP {
                samples[pool].push(took / (submitters * batches * size) as u32);
            }
        }
    }
    for (theirs, name, bound) in [(1, "threadpool", 1.0), (2, "rayon", 1.5)] {
        table::line(&format!("{what}: {name}"), &samples[0], &samples[theirs], judged.then_some(bound));
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
            if left.0.fetch_sub(1, SeqCst) == 1 {
                left.1.unpark();
            }
        }))?;
    }
    while left.0.load(SeqCst) > 0 {
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
