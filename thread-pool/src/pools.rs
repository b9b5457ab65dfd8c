//! The same jobs on this pool and on two that people use in Rust.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::time::Duration;

use anyhow::ensure;

use crate::executor::{self, Executor};
use crate::pool::Pool;
use crate::size;
use crate::tasks::{self, thread_id};
use crate::trace::{Task, run_all};
use crate::work;

/// How long the threads of a dropped pool may take to end: the two crates do not wait for theirs.
const PATIENCE: Duration = Duration::from_secs(5);

/// Shows for each when its threads start, how many ran jobs, and that the results are the same.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let size = size::DEFAULT;
    let expected = jobs().into_iter().map(|job| job()).collect::<io::Result<Vec<_>>>()?;
    writeln!(out, "  {} jobs, {size} threads each:", expected.len())?;
    writeln!(out, "  pool        at creation   ran jobs   same results")?;
    shown(out, "this one", 0, &expected, || Ok(Pool::new(size)))?;
    shown(out, "threadpool", size, &expected, || executor::threadpool(size))?;
    shown(out, "rayon", size, &expected, || executor::rayon(size))?;
    writeln!(out, "  One interface, three pools: the same results, no more")?;
    writeln!(out, "  than {size} threads, every callback on the submitter's.")?;
    writeln!(out, "  Only this pool waits for a job to start its threads.")?;
    Ok(())
}

fn shown<E: Executor>(
    out: &mut dyn Write,
    name: &str,
    at_creation: usize,
    expected: &[Vec<u8>],
    make: impl FnOnce() -> io::Result<E>,
) -> anyhow::Result<()> {
    let before = tasks::thread_ids()?;
    let pool = make()?;
    let made: Vec<i32> = tasks::thread_ids()?.difference(&before).copied().collect();
    let (mut used, mut results) = (BTreeSet::new(), Vec::new());
    for outcome in run_all(&pool, jobs())? {
        let traced = outcome?;
        ensure!(traced.completed_on == thread_id(), "a callback of {name} ran on thread {}", traced.completed_on);
        used.insert(traced.ran_on);
        results.push(traced.value?);
    }
    drop(pool);
    let same = if results == expected { "yes" } else { "no" };
    writeln!(out, "  {name:<11} {:<13} {:<10} {same}", made.len(), used.len())?;
    ensure!(results == expected, "the jobs gave other results on {name} than on the submitter's thread");
    ensure!(used.len() <= size::DEFAULT && !used.contains(&thread_id()), "{name} ran jobs on {used:?}");
    ensure!(made.len() == at_creation, "{name} started {} threads when it was made", made.len());
    let threads: Vec<i32> = used.into_iter().chain(made).collect();
    ensure!(tasks::wait_until_gone(&threads, PATIENCE), "some of {name}'s threads {threads:?} do not end");
    Ok(())
}

fn jobs() -> Vec<Task<io::Result<Vec<u8>>>> {
    (0..4).flat_map(work::tasks).map(|(_, job)| job).collect()
}
