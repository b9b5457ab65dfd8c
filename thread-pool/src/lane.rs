//! Lookups that take long hold up no file: they hold at most half the threads. And without that cap.

use std::fs;
use std::io::Write;
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use crate::executor::Lane;
use crate::pool::Pool;
use crate::timeline::{draw, ended_before, most_at_once, ms, record};
use crate::trace::Task;
use crate::work::OWN_PROGRAM;

const THREADS: usize = 4;
const LOOKUPS: usize = 8;
/// How long the resolver of a lookup keeps silent; a sleep stands for it.
const SILENCE: Duration = Duration::from_millis(40);
const WIDTH: usize = 46;

/// Shows both timelines: jobs 1 to 8 are lookups, the ninth is a file.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let (at_once, waited) = shown(out, "capped", Pool::new(THREADS))?;
    let (all_at_once, waited_for_all) = shown(out, "no cap", Pool::new(THREADS).slow_limit(THREADS))?;
    ensure!(at_once == THREADS.div_ceil(2), "{at_once} lookups at once, with the cap");
    ensure!(all_at_once > at_once, "{all_at_once} lookups at once, without the cap");
    let needed = LOOKUPS + 1 - THREADS;
    ensure!(waited_for_all >= needed, "the file began when {waited_for_all} lookups were done, not {needed}");
    ensure!(waited < needed, "with the cap the file waited for {waited} lookups");
    writeln!(out, "  The cap keeps {} threads free of lookups.", THREADS - at_once)?;
    Ok(())
}

/// How many lookups ran at once, at most, and how many were done before the file began.
fn shown(out: &mut dyn Write, name: &str, pool: Pool) -> anyhow::Result<(usize, usize)> {
    pool.start()?;
    if let Some(shortage) = pool.shortage() {
        bail!("{shortage}");
    }
    let mut jobs: Vec<(Lane, Task<()>)> = Vec::new();
    for _ in 0..LOOKUPS {
        jobs.push((Lane::Slow, Box::new(|| thread::sleep(SILENCE))));
    }
    jobs.push((Lane::Fast, Box::new(|| drop(fs::metadata(OWN_PROGRAM)))));
    let spans = record(&pool, jobs)?;
    let (file, lookups) = spans.split_last().context("no job left a record")?;
    let (at_once, ended) = (most_at_once(lookups), ended_before(lookups, file));
    for row in draw(&spans, WIDTH) {
        writeln!(out, "  {row}")?;
    }
    writeln!(out, "  {name}: {at_once} lookups at once; file 9 waits for {ended}: {}", ms(file.start))?;
    Ok((at_once, ended))
}
