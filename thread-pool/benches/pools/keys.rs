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
const WARM_UP: usize = 2;
/// Rounds of a key: some milliseconds.
pub(crate) const COST: u32 = 25_000;

pub(crate) fn key() {
    black_box(derive_key(b"password", b"salt", COST));
}

/// One way to derive the keys, and how long it took.
type Arm<'a> = &'a dyn Fn() -> io::Result<Duration>;

pub(crate) fn run() -> io::Result<()> {
    let cores = thread::available_parallelism()?.get().min(THREADS);
    let ours = Pool::new(THREADS);
    let (threadpool, rayon) = (Threadpool::new(THREADS), Rayon::new(THREADS));
    let arms: [Arm; 6] = [
        &|| on(&ours),
        &|| time(|| by_hand(cores)),
        &|| time(in_turn),
        &|| Ok(time(|| (0..KEYS).for_each(|_| key()))? / cores as u32),
        &|| on(&threadpool),
        &|| on(&rayon),
    ];
    let mut samples: [Samples; 6] = Default::default();
    for round in 0..WARM_UP + ROUNDS {
        for turn in 0..arms.len() {
            let number = (round + turn) % arms.len(); // each round begins with another arm
            let took = arms[number]()?;
            if round >= WARM_UP {
                samples[number].push(took);
            }
        }
    }
    let what = format!("{KEYS} keys on {THREADS} threads");
    let lines = [
        (1, format!("{cores} bare threads"), Some(1.05)),
        // The control: what as many threads cost on these cores without any pool.
        (2, format!("{THREADS} bare threads"), None),
        (3, format!("one by one / {cores}"), None),
        (4, "threadpool".to_owned(), None),
        (5, "rayon".to_owned(), None),
    ];
    for (number, theirs, bound) in lines {
        table::line(&format!("{what}: {theirs}"), &samples[0], &samples[number], bound);
    }
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

fn time(work: impl FnOnce()) -> io::Result<Duration> {
    let begun = Instant::now();
    work();
    Ok(begun.elapsed())
}
