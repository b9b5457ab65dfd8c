//! A file, a lookup and a key: done by the pool's threads, called back on the submitter's.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Write;

use anyhow::Context;

use crate::cli::claim;
use crate::observe::tasks::thread_id;
use crate::pool::Pool;
use crate::work::tasks;

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let here = thread_id();
    writeln!(out, "  We have the pool read a file, look up localhost, and derive a key from a")?;
    writeln!(out, "  password (PBKDF2), and note the kernel's id of each thread.")?;
    writeln!(out, "  Expected: the pool's threads do the work; our thread, {here}, gets the results.")?;
    let results = RefCell::new(BTreeMap::new());
    let pool = Pool::from_env()?;
    let submitter = pool.submitter();
    for (name, task) in tasks(1) {
        let results = &results;
        let done = move |outcome| _ = results.borrow_mut().insert(name, (outcome, thread_id()));
        submitter.submit(move || (task(), thread_id()), done)?;
    }
    submitter.run_until_idle();
    writeln!(out, "    job     ran on thread   callback on thread")?;
    for (name, (outcome, called_back_on)) in results.take() {
        let (result, ran_on) = outcome?;
        result.with_context(|| format!("job '{name}'"))?;
        writeln!(out, "    {name:<7} {ran_on:<15} {called_back_on}")?;
        claim(pool.thread_ids().contains(&ran_on), format!("'{name}' ran on {ran_on}, not in the pool"))?;
        claim(called_back_on == here, format!("'{name}' was called back on {called_back_on}"))?;
    }
    writeln!(out, "  The document says: file I/O, DNS lookups and crypto use the thread pool. Their")?;
    writeln!(out, "  callbacks do not: in Node they run on the thread of the event loop.")?;
    Ok(())
}
