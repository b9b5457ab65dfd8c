//! The fifth job waits: k jobs that sleep take ⌈k/n⌉ steps on n threads.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::pool::Pool;
use crate::timeline::{draw, ended_before, most_at_once, ms, of_sleepers, steps};

/// One job more than the pool has threads by default.
const JOBS: usize = 5;
const NAP: Duration = Duration::from_millis(60);
const WIDTH: usize = 46;

/// Shows the recorded timeline of five sleeping jobs.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let pool = Pool::from_env()?;
    pool.start()?; // so that their number is known
    if let Some(shortage) = pool.shortage() {
        writeln!(out, "  {shortage}")?;
    }
    let threads = pool.size();
    let spans = of_sleepers(&pool, JOBS, threads, NAP)?;
    let whole = spans.iter().map(|span| span.end).max().context("no job left a record")?;

    writeln!(out, "  thread    0 ms {:>width$} ms", whole.as_millis(), width = WIDTH - 8)?;
    for row in draw(&spans, WIDTH) {
        writeln!(out, "  {row}")?;
    }
    // A job begins when it finds a thread, so all but `threads - 1` of the jobs before it have ended by then.
    let begins_when_free = |n: usize| ended_before(&spans, &spans[n]) > n.saturating_sub(threads);
    ensure!((threads..JOBS).all(begins_when_free), "a job on {threads} threads began before one was free: {spans:?}");
    ensure!(most_at_once(&spans) == threads.min(JOBS), "{} jobs ran at once: {spans:?}", most_at_once(&spans));
    let (taken, least) = (steps(&spans), JOBS.div_ceil(threads));
    ensure!(taken >= least, "{JOBS} jobs on {threads} threads took {taken} steps: {spans:?}");
    ensure!(whole >= NAP * least as u32, "{least} naps of {NAP:?} took {whole:?}");
    if let Some(waited) = spans.get(threads) {
        let freed = spans.iter().map(|span| span.end).min().context("no job ended")?;
        writeln!(out, "  {threads} slept at once. Job {} began at {}:", threads + 1, ms(waited.start))?;
        writeln!(out, "  only after a thread was free, at {}.", ms(freed))?;
    } else {
        writeln!(out, "  All {JOBS} jobs slept at once.")?;
    }
    writeln!(out, "  {JOBS} jobs of {} ms on {threads} threads: {taken} step(s), {}.", NAP.as_millis(), ms(whole))?;
    Ok(())
}
