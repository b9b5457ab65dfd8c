//! Head-of-line blocking: one queue, so a short job waits until the long ones before it leave it a thread.

use std::fs;
use std::io::Write;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::Context;

use crate::cli::claim;
use crate::executor::WorkKind;
use crate::observe::rendezvous::Rendezvous;
use crate::observe::timeline::{Span, draw, ended_before, ms, record};
use crate::observe::trace::Task;
use crate::pool::Pool;
use crate::work::OWN_PROGRAM;

const LONG_JOBS: usize = 4;
const DELAY: Duration = Duration::from_millis(60);
const TIMEOUT: Duration = Duration::from_secs(5);
const WIDTH: usize = 46;

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  Jobs 1 to 4 sleep for 60 ms, at the same time. Job 5 asks for a file's status.")?;
    writeln!(out, "  Expected: on 4 threads job 5 waits until one is free; on 5 it does not.")?;
    for (threads, must_wait) in [(LONG_JOBS, true), (LONG_JOBS + 1, false)] {
        let spans = short_job_behind_long_ones(threads)?;
        let (short, _) = spans.split_last().context("no job left a record")?;
        let ended = ended_before(&spans, short);
        for row in draw(&spans, WIDTH) {
            writeln!(out, "    thread {row}")?;
        }
        let text = if ended > 0 { "only after a long job" } else { "beside the long jobs" };
        writeln!(out, "    {threads} threads: job 5 began at {}, {text}", ms(short.start))?;
        claim((ended > 0) == must_wait, format!("{ended} long jobs had ended when job 5 began on {threads} threads"))?;
    }
    writeln!(out, "  It waits for a thread. Jobs that compute would wait for a CPU as well.")?;
    Ok(())
}

/// The long jobs meet before they sleep, and end only when the short job has run, if there is a thread for it.
fn short_job_behind_long_ones(threads: usize) -> anyhow::Result<Vec<Span>> {
    let pool = Pool::new(threads);
    let all_running = Arc::new(Rendezvous::new(LONG_JOBS));
    let short_done = Arc::new(Rendezvous::new(1));
    let mut jobs: Vec<(WorkKind, Task<()>)> = Vec::new();
    for _ in 0..LONG_JOBS {
        let (all_running, short_done) = (Arc::clone(&all_running), Arc::clone(&short_done));
        let job = move || {
            all_running.meet(TIMEOUT);
            thread::sleep(DELAY);
            if threads > LONG_JOBS {
                short_done.wait(TIMEOUT);
            }
        };
        jobs.push((WorkKind::Fast, Box::new(job)));
    }
    let short = move || {
        let _ = fs::metadata(OWN_PROGRAM);
        short_done.meet(TIMEOUT);
    };
    jobs.push((WorkKind::Fast, Box::new(short)));
    Ok(record(&pool, jobs)?)
}
