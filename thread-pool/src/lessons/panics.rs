//! A job that panics: its submitter gets an error. What it costs each of three pools.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::panic;
use std::time::Duration;

use anyhow::ensure;

use crate::cli::claim;
use crate::executor::Executor;
use crate::executors;
use crate::observe::rendezvous::threads_at_once;
use crate::observe::tasks;
use crate::observe::trace::run_all;
use crate::outcome::JobError;
use crate::pool::Pool;
use crate::size;

const TIMEOUT: Duration = Duration::from_secs(5);
const MESSAGE: &str = "a job that panics";

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let size = size::DEFAULT;
    writeln!(out, "  We give three pools of 4 threads a job that panics: once through a submitter,")?;
    writeln!(out, "  once directly, so that the pool itself has to survive it.")?;
    writeln!(out, "  Expected: the submitter gets an error, and 4 threads are left each time.")?;
    writeln!(out, "    pool        threads at creation   submitter   kept   replaced")?;
    shown(out, "this one", (0, 0), || Ok(Pool::new(size)))?;
    shown(out, "threadpool", (size, 1), || executors::threadpool(size))?;
    shown(out, "rayon", (size, 0), || executors::rayon(size))?;
    writeln!(out, "  threadpool loses the thread and starts a new one; the others catch the panic.")?;
    writeln!(out, "  A panic in a pool is contained, as an exception in a Node Worker can be.")?;
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
    pool.execute(Box::new(quiet_panic))?; // without a submitter
    let after = threads(&pool)?;
    let (kept, new) = ((&after & &before).len(), (&after - &before).len());
    let text = if told.is_err() { "error" } else { "no error" };
    writeln!(out, "    {name:<11} {at_creation:<21} {text:<11} {kept:<6} {new}")?;
    claim(told.map(drop) == Err(JobError::Panicked(MESSAGE.to_owned())), format!("{name}'s submitter got no error"))?;
    drop(pool);
    let ids: Vec<i32> = after.into_iter().collect();
    ensure!(tasks::wait_until_gone(&ids, TIMEOUT), "of {name}'s threads {ids:?} some do not end");
    claim((at_creation, new) == expected, format!("{name} started ({at_creation}, {new}) threads, not {expected:?}"))?;
    Ok(())
}

/// Unwinds like `panic!`, without the message on standard error.
fn quiet_panic() {
    panic::resume_unwind(Box::new(MESSAGE));
}

/// All threads of the pool, since each has to run one of as many jobs.
fn threads(pool: &dyn Executor) -> io::Result<BTreeSet<i32>> {
    Ok(threads_at_once(pool, size::DEFAULT, TIMEOUT)?.into_iter().collect())
}
