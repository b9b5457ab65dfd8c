//! A pool that is not used costs no thread. The first job starts them all.

use std::io::Write;

use crate::cli::claim;
use crate::executor::Executor;
use crate::observe::tasks::thread_count;
use crate::pool::Pool;

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let pool = Pool::from_env()?;
    let size = pool.size();
    writeln!(out, "  We create a pool of {size}, submit one job, and drop the pool. Each time we ask")?;
    writeln!(out, "  the kernel how many threads this process has.")?;
    writeln!(out, "  Expected: 1 until the first job is submitted, then {size} more; 1 at the end.")?;
    let created = thread_count()?;
    pool.execute(Box::new(|| ()))?;
    let used = thread_count()?;
    drop(pool);
    let dropped = thread_count()?;
    for (when, threads) in [("pool created", created), ("first job", used), ("pool dropped", dropped)] {
        writeln!(out, "    {when:<13} threads: {threads}")?;
    }
    let counts = [created, used, dropped];
    claim(counts == [1, 1 + size, 1], format!("the thread counts were {counts:?}"))?;
    writeln!(out, "  Node starts its pool in the same way: a program that needs none of these")?;
    writeln!(out, "  threads has none. The environment variable UV_THREADPOOL_SIZE sets how many.")?;
    Ok(())
}
