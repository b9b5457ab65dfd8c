//! A pool that nobody uses costs no thread. The first job starts them all.

use std::collections::BTreeSet;
use std::io::Write;

use crate::cli::claim;
use crate::executor::Executor;
use crate::observe::tasks;
use crate::pool::Pool;

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We create a pool, submit one job, drop the pool, and each time ask the kernel")?;
    writeln!(out, "  how many threads this process has.")?;
    let before = tasks::thread_ids()?;
    let pool = Pool::from_env()?;
    writeln!(out, "  Expected: no thread until the first job, then {} at once, none at the end.", pool.size())?;
    let created = tasks::thread_ids()?;
    pool.execute(Box::new(|| ()))?;
    let used = tasks::thread_ids()?;
    let ids: BTreeSet<i32> = pool.thread_ids().iter().copied().collect();
    drop(pool);
    let dropped = tasks::thread_ids()?;
    for (when, threads) in
        [("before", &before), ("pool created", &created), ("first job", &used), ("pool dropped", &dropped)]
    {
        writeln!(out, "    {when:<13} {:>4} threads", threads.len())?;
    }
    claim(created.is_subset(&before), "a pool without a job started threads")?;
    claim(&used - &created == ids, format!("the new threads are not the pool's {ids:?}"))?;
    claim(ids.is_disjoint(&dropped), format!("of the pool's threads {ids:?} some are left: {dropped:?}"))?;
    writeln!(out, "  Node starts its pool the same way: a program that reads no file and looks up")?;
    writeln!(out, "  no name has none of these threads. UV_THREADPOOL_SIZE sets their number.")?;
    Ok(())
}
