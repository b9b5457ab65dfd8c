//! A pool that nobody uses costs no thread. The first job starts them all.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anyhow::{bail, ensure};

use crate::pool::Pool;
use crate::tasks;

/// Shows the number of threads before and after the first job, their names, and that none is left.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let before = tasks::thread_ids()?;
    let pool = Pool::from_env()?;
    let made = tasks::thread_ids()?;
    let submitter = pool.submitter();
    submitter.submit(|| (), |_| ())?;
    let used = tasks::thread_ids()?;
    submitter.run_until_idle();
    if let Some(shortage) = pool.shortage() {
        bail!("{shortage}");
    }

    let ids = pool.thread_ids().to_vec();
    let names = ids.iter().map(|&id| tasks::name(id)).collect::<io::Result<Vec<_>>>()?;
    drop(submitter);
    drop(pool);
    let dropped = tasks::thread_ids()?;

    writeln!(out, "  kernel's count of threads   {:>4}", before.len())?;
    writeln!(out, "  the pool was made           {:>4}", made.len())?;
    writeln!(out, "  its first job was submitted {:>4}", used.len())?;
    writeln!(out, "  the pool was dropped        {:>4}", dropped.len())?;
    ensure!(made.is_subset(&before), "a pool without a job started threads");
    let new: BTreeSet<i32> = used.difference(&made).copied().collect();
    ensure!(new == ids.iter().copied().collect(), "the new threads {new:?} are not the pool's {ids:?}");
    ensure!(new.is_disjoint(&dropped), "the pool was dropped, but of its threads {new:?} some are left: {dropped:?}");
    for (n, name) in names.iter().enumerate() {
        ensure!(*name == format!("pool-{n}"), "thread {n} of the pool is named '{name}'");
    }
    let last = names.last().map_or("", String::as_str);
    writeln!(out, "  One job, and {} threads at once: pool-0 to {last}.", new.len())?;
    writeln!(out, "  None was there before it, none is left.")?;
    Ok(())
}
