//! Head-of-line blocking: with one queue, a short job waits until one of the long jobs before it ends. Two cures: one
//! more thread, or long jobs that are slow I/O, which may hold at most half of the threads.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::ops::Range;
use std::time::{Duration, Instant};

use crossbeam_channel::{bounded, unbounded};

use crate::cli::claim;
use crate::executor::Executor;
use crate::executor::WorkKind::{self, Ordinary, SlowIo};
use crate::pool::Pool;
use crate::work::{OWN_PROGRAM, Task};

/// How long the long jobs wait where the short one cannot begin before they end.
const DELAY: Duration = Duration::from_millis(40);

/// From when to when each job ran, by its number. Times count from the moment before the first submit.
type Spans = BTreeMap<usize, Range<Duration>>;

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  Jobs 1 to 4 each wait for the end of job 5, which asks for a file's status. We")?;
    writeln!(out, "  submit them to 4 threads, where jobs 1 to 4 give up after 40 ms; to 5 threads;")?;
    writeln!(out, "  and to 4 with jobs 1 to 4 marked as slow I/O, as libuv marks lookups of names.")?;
    writeln!(out, "  Expected: only the first time, job 5 waits until a long job ends.")?;
    for (threads, kind, must_wait) in [(4, Ordinary, true), (5, Ordinary, false), (4, SlowIo, false)] {
        // Where a thread is left for the short job, the long ones end only after it.
        let spans = run(threads, kind, if must_wait { DELAY } else { super::TIMEOUT })?;
        if must_wait {
            draw(out, &spans)?;
        }
        let begun = spans[&5].start;
        let waited = spans.values().any(|span| span.end <= begun);
        let answer = if waited { "after a long job had ended" } else { "before any long job ended" };
        let case = format!("{threads} threads{}", if kind == SlowIo { ", slow I/O" } else { "" });
        writeln!(out, "    {case:<20} job 5 began {answer}, at {:.1} ms", begun.as_secs_f64() * 1e3)?;
        claim(waited == must_wait, format!("on {case} job 5 began {answer}"))?;
    }
    writeln!(out, "  In Node, four reads that block delay the next job: see pool.js in the README.")?;
    writeln!(out, "  Lookups leave threads to other jobs: they get at most 2 of 4.")?;
    Ok(())
}

/// Submits the long jobs, which wait at most `patience` for the short one, and then the short one.
fn run(threads: usize, kind: WorkKind, patience: Duration) -> anyhow::Result<Spans> {
    let (short_job_open, short_job_ended) = bounded::<()>(0);
    let mut jobs: Vec<(WorkKind, Task<()>)> = Vec::new();
    for _ in 0..4 {
        let short_job_ended = short_job_ended.clone();
        jobs.push((kind, Box::new(move || _ = short_job_ended.recv_timeout(patience))));
    }
    let short_job = move || {
        let _ = fs::metadata(OWN_PROGRAM);
        drop(short_job_open);
    };
    jobs.push((Ordinary, Box::new(short_job)));

    let pool = Pool::new(threads);
    let (span_tx, span_rx) = unbounded();
    let begun = Instant::now();
    for (number, (kind, job)) in (1..).zip(jobs) {
        let span_tx = span_tx.clone();
        let timed = move || {
            let start = begun.elapsed();
            job();
            let _ = span_tx.send((number, start..begun.elapsed()));
        };
        pool.execute_as(kind, Box::new(timed))?;
    }
    drop(span_tx); // each job has a copy, so the receiver ends with the last job
    Ok(span_rx.iter().collect())
}

/// A line for each job: its number stands from its start to its end, one column for each millisecond.
fn draw(out: &mut dyn Write, spans: &Spans) -> anyhow::Result<()> {
    let column = |time: Duration| time.as_millis().min(48) as usize; // at most 60 wide: what is later is cut off
    for (number, span) in spans {
        let before = " ".repeat(column(span.start));
        let bar = number.to_string().repeat(1 + column(span.end) - column(span.start));
        writeln!(out, "    job {number}  {before}{bar}")?;
    }
    Ok(())
}
