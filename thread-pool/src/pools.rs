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

/// What was seen of a pool.
struct Seen {
    /// The threads that were there once it was made, before any job.
    at_creation: BTreeSet<i32>,
    /// The threads that ran jobs.
    used: BTreeSet<i32>,
    results: Vec<Vec<u8>>,
    /// The threads that ran callbacks.
    called_back_on: BTreeSet<i32>,
}

/// Shows all three.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let expected = jobs().into_iter().map(|job| job()).collect::<io::Result<Vec<_>>>()?;
    let size = size::DEFAULT;
    let seen = [
        ("this one", observe(|| Ok(Pool::new(size)))?),
        ("threadpool", observe(|| executor::threadpool(size))?),
        ("rayon", observe(|| executor::rayon(size))?),
    ];

    writeln!(out, "  {} jobs, {size} threads each:", expected.len())?;
    writeln!(out, "  pool        at creation   ran jobs   same results")?;
    for (name, seen) in &seen {
        let same = if seen.results == expected { "yes" } else { "no" };
        writeln!(out, "  {name:<11} {:<13} {:<10} {same}", seen.at_creation.len(), seen.used.len())?;
        ensure!(seen.results == expected, "the jobs gave other results on {name} than on the submitter's thread");
        ensure!(seen.used.len() <= size, "{name} used {} threads, and has {size}", seen.used.len());
        let here = BTreeSet::from([thread_id()]);
        ensure!(seen.called_back_on == here, "{name}'s callbacks ran on {:?}", seen.called_back_on);
        ensure!(seen.used.is_disjoint(&here), "{name} ran a job on the submitter's thread");
        let expected = if *name == "this one" { 0 } else { size };
        ensure!(
            seen.at_creation.len() == expected,
            "{name} started {} threads when it was made",
            seen.at_creation.len()
        );
    }
    writeln!(out, "  One interface, three pools: the same results, no more")?;
    writeln!(out, "  than {size} threads, every callback on the submitter's.")?;
    writeln!(out, "  Only this pool waits for a job to start its threads.")?;
    Ok(())
}

fn observe<E: Executor>(make: impl FnOnce() -> io::Result<E>) -> anyhow::Result<Seen> {
    let before = tasks::thread_ids()?;
    let pool = make()?;
    let at_creation = tasks::thread_ids()?.difference(&before).copied().collect();
    let mut seen = Seen { at_creation, used: BTreeSet::new(), results: Vec::new(), called_back_on: BTreeSet::new() };
    for outcome in run_all(&pool, jobs())? {
        let traced = outcome?;
        seen.results.push(traced.value?);
        seen.used.insert(traced.ran_on);
        seen.called_back_on.insert(traced.completed_on);
    }
    drop(pool);
    let threads: Vec<i32> = seen.at_creation.union(&seen.used).copied().collect();
    ensure!(tasks::wait_until_gone(&threads, PATIENCE), "some of a dropped pool's threads {threads:?} do not end");
    Ok(seen)
}

fn jobs() -> Vec<Task<io::Result<Vec<u8>>>> {
    (0..4).flat_map(work::tasks).map(|(_, job)| job).collect()
}
