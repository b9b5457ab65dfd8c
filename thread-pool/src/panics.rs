//! A job that panics: who is told, and what it costs each of the three pools.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::panic;
use std::time::Duration;

use anyhow::ensure;

use crate::executor::{self, Executor, Job};
use crate::outcome::JobError;
use crate::pool::Pool;
use crate::rendezvous::threads_at_once;
use crate::size;
use crate::trace::{Task, run_all};

const PATIENCE: Duration = Duration::from_secs(5);

/// Shows that a submitter is told, and which threads are left when a pool is given a panic with nothing around it.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let size = size::DEFAULT;
    writeln!(out, "  pool        submitter told   threads kept   new")?;
    let pools: [(&str, Box<dyn Executor>, usize); 3] = [
        ("this one", Box::new(Pool::new(size)), 0),
        ("threadpool", Box::new(executor::threadpool(size)?), 1),
        ("rayon", Box::new(executor::rayon(size)?), 0),
    ];
    for (name, pool, replaced) in pools {
        let told = run_all(&*pool, vec![Box::new(quiet_panic) as Task<()>])?.remove(0);
        let before = threads(&*pool, size)?;
        pool.execute(Box::new(quiet_panic) as Job)?; // nobody waits for this one: it is the pool's own affair
        let after = threads(&*pool, size)?;
        let (kept, new) = (after.intersection(&before).count(), after.difference(&before).count());
        let text = told.as_ref().map_or_else(|_| "yes", |_| "no");
        writeln!(out, "  {name:<11} {text:<16} {kept:<14} {new}")?;
        ensure!(told.map(drop) == Err(JobError::Panicked(MESSAGE.to_owned())), "{name}'s submitter was not told");
        ensure!(new == replaced, "{name} has {new} new threads after a panic, not {replaced}");
    }
    writeln!(out, "  The ticket around a job catches its panic. Without it,")?;
    writeln!(out, "  threadpool lost a thread and started another; the two")?;
    writeln!(out, "  others caught the panic themselves.")?;
    Ok(())
}

const MESSAGE: &str = "a job that panics";

/// Unwinds like `panic!`, without the message on standard error.
fn quiet_panic() {
    panic::resume_unwind(Box::new(MESSAGE));
}

/// All threads of the pool, since each has to run one of `size` jobs.
fn threads(pool: &dyn Executor, size: usize) -> io::Result<BTreeSet<i32>> {
    Ok(threads_at_once(pool, size, PATIENCE)?.into_iter().collect())
}
