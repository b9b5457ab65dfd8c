//! A pool that nobody uses costs no thread. The first job starts them all.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anyhow::{bail, ensure};

use crate::executor::Executor;
use crate::pool::Pool;
use crate::tasks;

/// Shows the number of threads before and after the first job, their names, and that none is left.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let before = tasks::thread_ids()?;
    let pool = Pool::from_env()?;
    let made = tasks::thread_ids()?;
    pool.execute(Box::new(|| ()))?;
    let used = tasks::thread_ids()?;
    if let Some(shortage) = pool.shortage() {
        bail!("{shortage}");
    }
    let ids: BTreeSet<i32> = pool.thread_ids().iter().copied().collect();
    let names = pool.thread_ids().iter().map(|&id| tasks::name(id)).collect::<io::Result<Vec<_>>>()?;
    drop(pool);
    let dropped = tasks::thread_ids()?;

    writeln!(out, "  kernel's count of threads   {:>4}", before.len())?;
    writeln!(out, "  the pool was made           {:>4}", made.len())?;
    writeln!(out, "  its first job was submitted {:>4}", used.len())?;
    writeln!(out, "  the pool was dropped        {:>4}", dropped.len())?;
    ensure!(made.is_subset(&before), "a pool without a job started threads");
    ensure!(&used - &made == ids, "the new threads are not the pool's {ids:?}: before {made:?}, then {used:?}");
    ensure!(ids.is_disjoint(&dropped), "of the dropped pool's threads {ids:?} some are left: {dropped:?}");
    let last = ids.len() - 1;
    let named = (0..=last).map(|n| format!("pool-{n}"));
    ensure!(named.eq(names.iter().cloned()), "the pool's threads are named {names:?}");
    writeln!(out, "  One job, and {} threads at once: pool-0 to pool-{last}.", ids.len())?;
    writeln!(out, "  None was there before it, none is left.")?;
    Ok(())
}
