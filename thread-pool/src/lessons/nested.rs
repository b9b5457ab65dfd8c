//! Deadlock: a job waits for a job that it submitted, and no thread of the pool is left to run that one.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use crate::cli::claim;
use crate::executor::Executor;
use crate::executors;
use crate::observe::rendezvous::Rendezvous;
use crate::observe::trace::{Task, run_all};
use crate::pool::Pool;
use crate::size::DEFAULT as SIZE;

/// How long a job waits for the one it submitted. Without a deadline it would never end.
const DEADLINE: Duration = Duration::from_millis(100);
const TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  4 jobs hold all 4 threads; each submits an inner job and waits for it.")?;
    writeln!(out, "  Expected: deadlock, since no thread is left for the inner jobs, except in")?;
    writeln!(
        out,
        "  rayon::scope, where a waiting thread runs other jobs. We give up after {} ms.",
        DEADLINE.as_millis()
    )?;
    let rayon = Arc::new(executors::rayon(SIZE)?);
    let cases = [
        ("this one", "a channel", inner_jobs_run(&Arc::new(Pool::new(SIZE)), by_channel)?, 0),
        ("threadpool", "a channel", inner_jobs_run(&Arc::new(executors::threadpool(SIZE)?), by_channel)?, 0),
        ("rayon", "a channel", inner_jobs_run(&rayon, by_channel)?, 0),
        ("rayon", "rayon::scope", inner_jobs_run(&rayon, by_scope)?, SIZE),
    ];
    writeln!(out, "    pool        waits by       inner jobs run")?;
    for (name, by, run, expected) in cases {
        writeln!(out, "    {name:<11} {by:<14} {run} of {SIZE}{}", if run == 0 { "  deadlock" } else { "" })?;
        claim(run == expected, format!("{name}, waiting by {by}: {run} inner jobs were run, not {expected}"))?;
    }
    writeln!(out, "  Never wait on a pool's thread for another job of that pool. Node cannot: the")?;
    writeln!(out, "  next job is submitted by a callback, on the loop's thread.")?;
    Ok(())
}

/// As many jobs as there are threads hold them all, and each waits for a job that it submitted; how many of those were run.
fn inner_jobs_run<E: Executor + Send + 'static>(pool: &Arc<E>, wait: fn(&E) -> bool) -> anyhow::Result<usize> {
    let [all_there, all_gave_up] = [(); 2].map(|()| Arc::new(Rendezvous::new(SIZE)));
    let outer = |_| {
        let (pool, all_there, all_gave_up) = (Arc::clone(pool), Arc::clone(&all_there), Arc::clone(&all_gave_up));
        let job = move || {
            let met = all_there.meet(TIMEOUT);
            let run = wait(&pool);
            let met = met && all_gave_up.meet(TIMEOUT); // the first to give up must not free a thread for the others
            met.then_some(run)
        };
        Box::new(job) as Task<Option<bool>>
    };
    let mut run = 0;
    for outcome in run_all(&**pool, (0..SIZE).map(outer).collect())? {
        run += usize::from(outcome?.value.context("the jobs did not hold all threads at once")?);
    }
    Ok(run)
}

fn by_channel<E: Executor>(pool: &E) -> bool {
    let (done, wait) = crossbeam_channel::bounded(1);
    let submitted = pool.execute(Box::new(move || _ = done.send(())));
    submitted.is_ok() && wait.recv_timeout(DEADLINE).is_ok()
}

/// The scope ends when its job is done, wherever that is run.
fn by_scope(_pool: &rayon::ThreadPool) -> bool {
    let mut run = false;
    rayon::scope(|scope| scope.spawn(|_| run = true));
    run
}
