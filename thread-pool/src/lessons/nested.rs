//! Deadlock: a job waits for a job that it submitted, and no thread of the pool is left to run that one.

use std::io::Write;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use crossbeam_channel::bounded;

use crate::cli::claim;
use crate::executor::Executor;
use crate::observe::trace::{Task, run_all};
use crate::pool::Pool;

const THREADS: usize = 4;
/// How long a job waits for the one that it submitted. Without a deadline it would never end.
const DEADLINE: Duration = Duration::from_millis(100);

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  Four outer jobs hold all 4 threads of a pool. Each submits an inner job to the")?;
    writeln!(out, "  same pool and waits for its answer; after 100 ms we give up. Then we submit")?;
    writeln!(out, "  the inner jobs from the callbacks of the outer ones, as Node does.")?;
    writeln!(out, "  Expected: a deadlock at first, since no thread is left for the inner jobs;")?;
    writeln!(out, "  with callbacks no job waits for another, and all inner jobs run.")?;
    let (waiting, called_back) = (inner_jobs_awaited_by_jobs()?, inner_jobs_submitted_by_callbacks()?);
    writeln!(out, "    an outer job waits for its inner job:  {waiting} of 4 inner jobs ran (deadlock)")?;
    writeln!(out, "    its callback submits the inner job:    {called_back} of 4 inner jobs ran")?;
    claim(waiting == 0, format!("{waiting} inner jobs ran although outer jobs held all threads"))?;
    claim(called_back == THREADS, format!("{called_back} inner jobs ran"))?;
    writeln!(out, "  A job must not wait for another job of its pool. In Node it cannot: the next")?;
    writeln!(out, "  job is submitted by a callback, on the thread of the event loop.")?;
    Ok(())
}

fn inner_jobs_awaited_by_jobs() -> anyhow::Result<usize> {
    let pool = Arc::new(Pool::new(THREADS));
    let barrier = Arc::new(Barrier::new(THREADS));
    let mut jobs: Vec<Task<bool>> = Vec::new();
    for _ in 0..THREADS {
        let (pool, barrier) = (Arc::clone(&pool), Arc::clone(&barrier));
        jobs.push(Box::new(move || {
            barrier.wait(); // the outer jobs hold all threads now
            let (answer_tx, answer_rx) = bounded(1);
            let submitted = pool.execute(Box::new(move || _ = answer_tx.send(())));
            let answered = submitted.is_ok() && answer_rx.recv_timeout(DEADLINE).is_ok();
            barrier.wait(); // the first to give up must not free its thread for an inner job
            answered
        }));
    }
    let outcomes = run_all(&*pool, jobs)?;
    Ok(outcomes.into_iter().flatten().filter(|job| job.value).count())
}

fn inner_jobs_submitted_by_callbacks() -> anyhow::Result<usize> {
    let pool = Pool::new(THREADS);
    let inner = pool.submitter();
    let outer = pool.submitter();
    for _ in 0..THREADS {
        outer.submit(|| (), |_| _ = inner.submit(|| (), |_| ()))?;
    }
    outer.run_until_idle();
    Ok(inner.run_until_idle())
}
