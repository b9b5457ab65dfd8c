//! A job that waits for a job it submitted. On a fixed pool nobody is left to run that one.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::executor::{self, Executor};
use crate::pool::Pool;
use crate::rendezvous::Rendezvous;
use crate::size::DEFAULT as SIZE;
use crate::trace::{Task, run_all};

/// How long a job waits for the one it submitted. Without a deadline it would wait for ever.
const DEADLINE: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(5);

/// Shows as many waiting jobs as there are threads, on each pool.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let rayon = Arc::new(executor::rayon(SIZE)?);
    let cases = [
        ("this one", "a channel", inner_jobs_run(&Arc::new(Pool::new(SIZE)), by_channel)?, 0),
        ("threadpool", "a channel", inner_jobs_run(&Arc::new(executor::threadpool(SIZE)?), by_channel)?, 0),
        ("rayon", "a channel", inner_jobs_run(&rayon, by_channel)?, 0),
        ("rayon", "rayon::scope", inner_jobs_run(&rayon, by_scope)?, SIZE),
    ];
    writeln!(out, "  pool        waits by       inner jobs run within {} ms", DEADLINE.as_millis())?;
    for (name, by, run, expected) in cases {
        writeln!(out, "  {name:<11} {by:<14} {run} of {SIZE}")?;
        ensure!(run == expected, "{name}, waiting by {by}: {run} inner jobs were run, not {expected}");
    }
    writeln!(out, "  Each waiting job holds its thread, so none is left.")?;
    writeln!(out, "  Who waits in rayon::scope runs other jobs meanwhile.")?;
    Ok(())
}

/// As many jobs as there are threads hold them all, and each waits for a job of its own; how many of those were run.
fn inner_jobs_run<E: Executor + Send + 'static>(pool: &Arc<E>, wait: fn(&E) -> bool) -> anyhow::Result<usize> {
    let [all_there, all_gave_up] = [(); 2].map(|()| Arc::new(Rendezvous::new(SIZE)));
    let outer = |_| {
        let (pool, all_there, all_gave_up) = (Arc::clone(pool), Arc::clone(&all_there), Arc::clone(&all_gave_up));
        let job = move || {
            let met = all_there.meet(PATIENCE);
            let run = wait(&pool);
            let met = met && all_gave_up.meet(PATIENCE); // who gives up first must not free a thread for the others
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
