//! A file, a lookup and a key: done by the pool's threads, called back on the submitter's.

use std::io::Write;

use anyhow::Context;

use crate::cli::claim;
use crate::observe::tasks::thread_id;
use crate::observe::trace::run_all;
use crate::pool::Pool;
use crate::work::tasks;

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let here = thread_id();
    writeln!(out, "  We have the pool read a file, look up localhost, and derive a key from a")?;
    writeln!(out, "  password (PBKDF2), and note the kernel's id of each thread.")?;
    writeln!(out, "  Expected: the pool's threads do the work; our thread, {here}, gets the results.")?;
    let pool = Pool::from_env()?;
    let (names, jobs): (Vec<_>, Vec<_>) = tasks(1).into_iter().unzip();
    writeln!(out, "    job     ran on thread   callback on thread")?;
    for (name, outcome) in names.into_iter().zip(run_all(&pool, jobs)?) {
        let job = outcome?;
        job.value.with_context(|| format!("job '{name}'"))?;
        writeln!(out, "    {name:<7} {:<15} {}", job.ran_on, job.completed_on)?;
        claim(pool.thread_ids().contains(&job.ran_on), format!("'{name}' ran on {}, not in the pool", job.ran_on))?;
        claim(job.completed_on == here, format!("'{name}' was called back on {}", job.completed_on))?;
    }
    writeln!(out, "  The document says: file I/O, DNS lookups and crypto use the thread pool. Their")?;
    writeln!(out, "  callbacks do not: in Node they run on the thread of the event loop.")?;
    Ok(())
}
