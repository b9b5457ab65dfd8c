//! Eight keys on four threads, against what the machine can do at best.

use std::hint::black_box;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use thread_pool::work::derive_key;
use thread_pool::{Executor, Pool, Submitter};

use crate::executors::{Rayon, Threadpool};
use crate::table::{self, Samples};

const THREADS: usize = 4;
const KEYS: usize = 8;
const ROUNDS: usize = 51;
/// Rounds of a key: about 10 ms.
pub(crate) const COST: u32 = 25_000;

pub(crate) fn key() {
    black_box(derive_key(b"password", b"salt", COST));
}

pub(crate) fn run() -> io::Result<()> {
    let cores = thread::available_parallelism()?.get().min(THREADS);
    let ours = Pool::new(THREADS);
    let (threadpool, rayon) = (Threadpool::new(THREADS), Rayon::new(THREADS));
    let pools: [&dyn Executor; 3] = [&ours, &threadpool, &rayon];
    let mut on_pool: [Samples; 3] = Default::default();
    let (mut divided, mut drawn, mut one_by_one) = (Samples::new(), Samples::new(), Samples::new());
    for _ in 0..ROUNDS {
        for (pool, samples) in pools.iter().zip(&mut on_pool) {
            samples.push(on(*pool)?);
        }
        divided.push(time(|| by_hand(cores)));
        drawn.push(time(in_turn));
        one_by_one.push(time(|| (0..KEYS).for_each(|_| key())) / cores as u32);
    }
    let what = format!("{KEYS} keys on {THREADS} threads");
    table::line(&format!("{what}: {cores} bare threads"), &on_pool[0], &divided, Some(1.05));
    // The control: what as many threads cost on these cores without any pool.
    table::line(&format!("{what}: {THREADS} bare threads"), &on_pool[0], &drawn, None);
    table::line(&format!("{what}: one by one / {cores}"), &on_pool[0], &one_by_one, None);
    table::line(&format!("{what}: threadpool"), &on_pool[0], &on_pool[1], None);
    table::line(&format!("{what}: rayon"), &on_pool[0], &on_pool[2], None);
    Ok(())
}

fn on(pool: &dyn Executor) -> io::Result<Duration> {
    let submitter = Submitter::new(pool);
    let begun = Instant::now();
    for _ in 0..KEYS {
        submitter.submit(key, |_| ())?;
    }
    submitter.run_until_idle();
    Ok(begun.elapsed())
}

/// The ideal: a thread for each core, and the keys shared out evenly beforehand.
fn by_hand(cores: usize) {
    thread::scope(|scope| {
        for core in 0..cores {
            scope.spawn(move || (core..KEYS).step_by(cores).for_each(|_| key()));
        }
    });
}

/// A pool's threads without a pool: as many, and each draws its next key from a counter.
fn in_turn() {
    let drawn = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while drawn.fetch_add(1, Relaxed) < KEYS {
                    key();
                }
            });
        }
    });
}

fn time(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}
