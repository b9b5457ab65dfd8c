//! Head-of-line blocking: one queue, so what takes a moment waits for what takes long.

use std::fs;
use std::hint::black_box;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::executor::Lane;
use crate::pool::Pool;
use crate::steps::ms;
use crate::timeline::{Span, ended_before, record};
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
        let threads = pool.size();
        let spans = behind(&pool, keys, rounds)?;
        let status = spans.last().context("no job left a record")?;
        let (ended, needed) = (ended_before(&spans, status), (keys + 1).saturating_sub(threads));
        ensure!(ended >= needed, "on {threads} threads it began when {ended} of {keys} keys were done: {spans:?}");
        waits.push((keys, threads, ended, status.start));
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

/// The record of some keys and of a file's status, which comes last.
fn behind(pool: &Pool, keys: usize, rounds: u32) -> io::Result<Vec<Span>> {
    let key = || Box::new(move || _ = black_box(derive_key(b"password", b"salt", rounds))) as Task<()>;
    let status = || fs::metadata(OWN_PROGRAM).map(drop).expect("this program has a file");
    let mut jobs: Vec<Task<()>> = (0..keys).map(|_| key()).collect();
    jobs.push(Box::new(status));
    record(pool, jobs.into_iter().map(|job| (Lane::Fast, job)).collect())
}

/// By trial: this build's speed is not known beforehand.
fn rounds_that_take(wanted: Duration) -> u32 {
    let mut rounds = 50;
    loop {
        let begun = Instant::now();
        black_box(derive_key(b"password", b"salt", rounds));
        let took = begun.elapsed();
        if took * 10 >= wanted {
            return (f64::from(rounds) * wanted.as_secs_f64() / took.as_secs_f64()) as u32 + 1;
        }
        rounds *= 2;
    }
}
