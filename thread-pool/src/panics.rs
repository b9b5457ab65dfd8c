//! A job that panics: who is told, and what it costs each of the three pools.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::panic;
use std::time::Duration;

use anyhow::ensure;

use crate::executor::{self, Executor};
use crate::outcome::JobError;
use crate::pool::Pool;
use crate::rendezvous::threads_at_once;
use crate::size;
use crate::tasks;
use crate::trace::run_all;

const PATIENCE: Duration = Duration::from_secs(5);
const MESSAGE: &str = "a job that panics";

/// Shows for each pool when its threads start, that a submitter is told of a panic, and which threads are left when the
/// pool is given a panic with nothing around it.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let size = size::DEFAULT;
    writeln!(out, "  pool        at creation   told   threads kept   new")?;
    shown(out, "this one", (0, 0), || Ok(Pool::new(size)))?;
    shown(out, "threadpool", (size, 1), || executor::threadpool(size))?;
    shown(out, "rayon", (size, 0), || executor::rayon(size))?;
    writeln!(out, "  Only this pool waits for a job to start its threads.")?;
    writeln!(out, "  The ticket around a job catches its panic. Without it,")?;
    writeln!(out, "  threadpool lost a thread and started another; the two")?;
    writeln!(out, "  others caught the panic themselves.")?;
    Ok(())
}

/// `expected`: how many threads are started when the pool is made, and how many after a panic.
fn shown<E: Executor>(
    out: &mut dyn Write,
    name: &str,
    expected: (usize, usize),
    make: impl FnOnce() -> io::Result<E>,
) -> anyhow::Result<()> {
    let without = tasks::thread_ids()?;
    let pool = make()?;
    let at_creation = (&tasks::thread_ids()? - &without).len();
    let told = run_all(&pool, vec![Box::new(quiet_panic)])?.remove(0);
    let before = threads(&pool)?;
    pool.execute(Box::new(quiet_panic))?; // nobody waits for this one: it is the pool's own affair
    let after = threads(&pool)?;
    let (kept, new) = ((&after & &before).len(), (&after - &before).len());
    let text = if told.is_err() { "yes" } else { "no" };
    writeln!(out, "  {name:<11} {at_creation:<13} {text:<6} {kept:<14} {new}")?;
    ensure!(told.map(drop) == Err(JobError::Panicked(MESSAGE.to_owned())), "{name}'s submitter was not told");
    drop(pool);
    let ids: Vec<i32> = after.into_iter().collect();
    ensure!(tasks::wait_until_gone(&ids, PATIENCE), "of {name}'s threads {ids:?} some do not end");
    ensure!((at_creation, new) == expected, "{name} started ({at_creation}, {new}) threads, not {expected:?}");
    Ok(())
}

/// Unwinds like `panic!`, without the message on standard error.
fn quiet_panic() {
    panic::resume_unwind(Box::new(MESSAGE));
}

/// All threads of the pool, since each has to run one of as many jobs.
fn threads(pool: &dyn Executor) -> io::Result<BTreeSet<i32>> {
    Ok(threads_at_once(pool, size::DEFAULT, PATIENCE)?.into_iter().collect())
}
