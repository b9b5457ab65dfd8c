//! Head-of-line blocking: one queue, so what takes a moment waits for what takes long.

use std::fs;
use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::executor::Lane;
use crate::pool::Pool;
use crate::timeline::{ended_before, ms, record};
use crate::trace::Task;
use crate::work::{OWN_PROGRAM, derive_key};

/// How long a key shall take this machine when nothing else runs.
const KEY: Duration = Duration::from_millis(20);

/// Keys before the file's status is asked for, and threads. The last but one is the worst.
const CASES: [(usize, usize); 5] = [(0, 4), (2, 4), (4, 4), (8, 4), (8, 16)];

/// Shows how long a file's status (`fs.stat`) waits behind keys (`crypto.pbkdf2`).
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let rounds = rounds_that_take(KEY);
    let mut waits = Vec::new();
    for (keys, size) in CASES {
        let pool = Pool::new(size);
        pool.start()?;
        let mut jobs: Vec<(Lane, Task<()>)> = Vec::new();
        for _ in 0..keys {
            jobs.push((Lane::Fast, Box::new(move || derive(rounds))));
        }
        jobs.push((Lane::Fast, Box::new(|| _ = fs::metadata(OWN_PROGRAM).expect("this program has a file"))));
        let spans = record(&pool, jobs)?;
        let status = spans.last().context("no job left a record")?;
        let (ended, needed) = (ended_before(&spans, status), (keys + 1).saturating_sub(pool.size()));
        ensure!(ended >= needed, "with {size} threads it began when {ended} of {keys} keys were done: {spans:?}");
        waits.push((keys, pool.size(), ended, status.start));
    }

    let longest = waits.iter().map(|wait| wait.3).max().context("no case")?;
    writeln!(out, "  keys  threads  done before it   waited")?;
    for (keys, threads, ended, wait) in &waits {
        let bar = "#".repeat((14.0 * wait.as_secs_f64() / longest.as_secs_f64()) as usize);
        let row = format!("{keys:<5} {threads:<8} {ended:<13} {:>8} {bar}", ms(*wait));
        writeln!(out, "  {}", row.trim_end())?;
    }
    writeln!(out, "  A key has {rounds} rounds. The status takes a moment;")?;
    writeln!(out, "  what it waits for is a thread. Behind k keys on n")?;
    writeln!(out, "  threads, at least k - n + 1 were done before it.")?;
    Ok(())
}

fn derive(rounds: u32) {
    black_box(derive_key(b"password", b"salt", rounds));
}

/// By trial: this build's speed is not known beforehand.
fn rounds_that_take(wanted: Duration) -> u32 {
    let (trial, begun) = (200, Instant::now());
    derive(trial);
    (f64::from(trial) * wanted.as_secs_f64() / begun.elapsed().as_secs_f64()) as u32 + 1
}
