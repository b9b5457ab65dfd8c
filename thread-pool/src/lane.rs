//! Lookups that take long hold up no file: they hold at most half the threads. And without that cap.

use std::io::Write;
use std::thread;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::executor::Lane;
use crate::pool::Pool;
use crate::steps::ms;
use crate::timeline::{Span, draw, ended_before, most_at_once, record};
use crate::trace::Task;

const THREADS: usize = 4;
const LOOKUPS: usize = 8;
/// How long the resolver of a lookup keeps silent; a sleep stands for it.
const SILENCE: Duration = Duration::from_millis(40);
const WIDTH: usize = 46;

/// Shows both timelines: jobs 1 to 8 are lookups, the ninth is a file.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let capped = shown(out, "capped", Pool::new(THREADS))?;
    let uncapped = shown(out, "no cap", Pool::new(THREADS).slow_limit(THREADS))?;
    ensure!(capped.at_once == THREADS.div_ceil(2), "{} lookups at once, with the cap", capped.at_once);
    ensure!(uncapped.at_once <= THREADS, "{} lookups at once on {THREADS} threads", uncapped.at_once);
    let needed = LOOKUPS + 1 - THREADS;
    ensure!(uncapped.ended >= needed, "the file began when {} lookups were done, not {needed}", uncapped.ended);
    ensure!(capped.ended < needed, "with the cap the file waited for {} lookups", capped.ended);
    writeln!(out, "  The cap keeps {} threads free of lookups.", THREADS - capped.at_once)?;
    Ok(())
}

/// What came of the lookups and the file.
struct Seen {
    /// The lookups that ran at once.
    at_once: usize,
    /// The lookups that were done before the file.
    ended: usize,
}

fn shown(out: &mut dyn Write, name: &str, pool: Pool) -> anyhow::Result<Seen> {
    pool.start()?;
    if let Some(shortage) = pool.shortage() {
        anyhow::bail!("{shortage}");
    }
    let spans = lookups_and_a_file(&pool)?;
    let (file, lookups) = spans.split_last().context("no job left a record")?;
    let seen = Seen { at_once: most_at_once(lookups), ended: ended_before(lookups, file) };
    for row in draw(&spans, WIDTH) {
        writeln!(out, "  {row}")?;
    }
    let (at_once, ended) = (seen.at_once, seen.ended);
    writeln!(out, "  {name}: {at_once} lookups at once; file 9 waits for {ended}: {}", ms(file.start))?;
    Ok(seen)
}

fn lookups_and_a_file(pool: &Pool) -> std::io::Result<Vec<Span>> {
    let mut jobs: Vec<(Lane, Task<()>)> = Vec::new();
    for _ in 0..LOOKUPS {
        jobs.push((Lane::Slow, Box::new(|| thread::sleep(SILENCE))));
    }
    jobs.push((Lane::Fast, Box::new(|| drop(std::fs::metadata("/proc/self/exe")))));
    record(pool, jobs)
}
