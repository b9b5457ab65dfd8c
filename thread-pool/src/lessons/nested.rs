//! Deadlock: a job waits for a job that it submitted, and no thread of the pool is left to run that one.

use std::cell::Cell;
use std::io::Write;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use crossbeam_channel::bounded;

use crate::cli::claim;
use crate::executor::Executor;
use crate::pool::Pool;

const OUTER_JOBS: usize = 4;
/// How long an outer job waits where its inner job cannot run. Without a deadline it would never end.
const GIVE_UP: Duration = Duration::from_millis(100);

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  Four outer jobs run at the same time. Each submits an inner job to the same")?;
    writeln!(out, "  pool and waits for its answer. Where none can come, it gives up after 100 ms.")?;
    writeln!(out, "  Expected: on 4 threads a deadlock, since the outer jobs hold all of them until")?;
    writeln!(out, "  they give up. On 5 threads, the fifth runs the inner jobs.")?;
    for (threads, patience, expected) in [(4, GIVE_UP, 0), (5, super::TIMEOUT, OUTER_JOBS)] {
        let answered = answered_outer_jobs(threads, patience)?;
        let verdict = if answered == 0 { "deadlock" } else { "no deadlock" };
        writeln!(out, "    {threads} threads: {answered} of {OUTER_JOBS} outer jobs got their answer: {verdict}")?;
        claim(answered == expected, format!("on {threads} threads {answered} outer jobs got their answer"))?;
    }
    writeln!(out, "  A job must not wait for another job of its pool. In Node it cannot: the next")?;
    writeln!(out, "  job is submitted by a callback, on the thread of the event loop.")?;
    Ok(())
}

/// How many outer jobs got the answer of their inner job. Without an answer they give up after `patience`; only then do
/// the inner jobs run.
fn answered_outer_jobs(threads: usize, patience: Duration) -> anyhow::Result<usize> {
    let pool = Arc::new(Pool::new(threads));
    let barrier = Arc::new(Barrier::new(OUTER_JOBS));
    let answers = Cell::new(0);
    let submitter = pool.submitter();
    for _ in 0..OUTER_JOBS {
        let (pool, barrier) = (Arc::clone(&pool), Arc::clone(&barrier));
        let outer_job = move || {
            barrier.wait(); // now all outer jobs run
            let (answer_tx, answer_rx) = bounded(1);
            let submitted = pool.execute(Box::new(move || _ = answer_tx.send(())));
            let answered = submitted.is_ok() && answer_rx.recv_timeout(patience).is_ok();
            barrier.wait(); // the first to give up must not free its thread for an inner job
            answered
        };
        submitter.submit(outer_job, |answered| answers.set(answers.get() + usize::from(answered == Ok(true))))?;
    }
    submitter.run_until_idle();
    Ok(answers.get())
}
