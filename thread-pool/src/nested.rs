//! A job that waits for a job it submitted. On a fixed pool nobody is left to run that one.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;

use crate::executor::{self, Executor};
use crate::pool::Pool;
use crate::rendezvous::Rendezvous;
use crate::size;
use crate::trace::{Task, run_all};

/// How long a job waits for the one it submitted. Without a deadline it would wait for ever.
const DEADLINE: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(5);

/// How a job submits another and waits for it; whether that one was run.
type Wait<E> = fn(&E) -> io::Result<bool>;

/// Shows as many waiting jobs as there are threads, on each pool.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let size = size::DEFAULT;
    let rayon = Arc::new(executor::rayon(size)?);
    let cases = [
        ("this one", "a channel", seen(&Arc::new(Pool::new(size)), by_channel)?, 0),
        ("threadpool", "a channel", seen(&Arc::new(executor::threadpool(size)?), by_channel)?, 0),
        ("rayon", "a channel", seen(&rayon, by_channel)?, 0),
        ("rayon", "rayon::scope", seen(&rayon, by_scope)?, size),
    ];
    writeln!(out, "  pool        waits by       inner jobs run within {} ms", DEADLINE.as_millis())?;
    for (name, by, run, expected) in cases {
        writeln!(out, "  {name:<11} {by:<14} {run} of {size}")?;
        ensure!(run == expected, "{name}, waiting by {by}: {run} inner jobs were run, not {expected}");
    }
    writeln!(out, "  Each waiting job holds its thread, so none is left.")?;
    writeln!(out, "  Who waits in rayon::scope runs other jobs meanwhile.")?;
    Ok(())
}

/// As many jobs as there are threads hold them all, and each waits for a job of its own; how many of those were run.
fn seen<E: Executor + Send + 'static>(pool: &Arc<E>, wait: Wait<E>) -> anyhow::Result<usize> {
    let size = size::DEFAULT;
    let [all_there, all_gave_up] = [(); 2].map(|()| Arc::new(Rendezvous::new(size)));
    let outer = |_| {
        let (pool, all_there, all_gave_up) = (Arc::clone(pool), Arc::clone(&all_there), Arc::clone(&all_gave_up));
        let job = move || {
            let met = all_there.meet(PATIENCE);
            let run = wait(&pool)?;
            let met = met && all_gave_up.meet(PATIENCE); // who gives up first must not free a thread for the others
            if met { Ok(run) } else { Err(io::Error::other("the jobs did not hold all threads at once")) }
        };
        Box::new(job) as Task<io::Result<bool>>
    };
    let mut run = 0;
    for outcome in run_all(&**pool, (0..size).map(outer).collect())? {
        run += usize::from(outcome?.value?);
    }
    Ok(run)
}

fn by_channel<E: Executor>(pool: &E) -> io::Result<bool> {
    let (done, wait) = crossbeam_channel::bounded(1);
    pool.execute(Box::new(move || _ = done.send(())))?;
    Ok(wait.recv_timeout(DEADLINE).is_ok())
}

/// The scope ends when its job is done, wherever that is run.
fn by_scope(_pool: &rayon::ThreadPool) -> io::Result<bool> {
    let mut run = false;
    rayon::scope(|scope| scope.spawn(|_| run = true));
    Ok(run)
}
