//! A file, a lookup and a key: done by the pool's threads, called back on the submitter's.

use std::io::Write;

use anyhow::Context;

use crate::cli::claim;
use crate::observe::tasks::thread_id;
use crate::observe::trace::run_all;
use crate::pool::Pool;
use crate::work::tasks;

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let pool = Pool::from_env()?;
    let here = thread_id();
    writeln!(out, "  We read a file, look up localhost and derive a key (PBKDF2) on the pool.")?;
    writeln!(out, "  Expected: the pool's threads do the work, and our thread, {here}, runs the")?;
    writeln!(out, "  callbacks. The results are those of the same work done on our thread.")?;
    let (names, jobs): (Vec<_>, Vec<_>) = tasks(1).into_iter().unzip();
    let outcomes = run_all(&pool, jobs)?;
    writeln!(out, "    job     ran on thread   callback on thread   same result")?;
    for ((name, outcome), (_, inline)) in names.into_iter().zip(outcomes).zip(tasks(1)) {
        let traced = outcome?;
        let bytes = traced.value.with_context(|| format!("job '{name}'"))?;
        let same = bytes == inline()?;
        let (ran_on, completed_on) = (traced.ran_on, traced.completed_on);
        writeln!(out, "    {name:<7} {ran_on:<15} {completed_on:<20} {}", if same { "yes" } else { "no" })?;
        claim(pool.thread_ids().contains(&ran_on), format!("'{name}' ran on {ran_on}, no thread of the pool"))?;
        claim(completed_on == here, format!("'{name}' was called back on {completed_on}"))?;
        claim(same, format!("'{name}' on the pool gave another result"))?;
    }
    writeln!(out, "  The document's claim: file I/O, DNS lookups and crypto use the thread pool.")?;
    Ok(())
}
