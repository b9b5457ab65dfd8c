//! A job that panics: its submitter gets an error, and the pool loses no thread.

use std::collections::BTreeSet;
use std::io::Write;
use std::panic;

use crate::cli::claim;
use crate::executor::Executor;
use crate::observe::rendezvous::threads_at_once;
use crate::observe::trace::run_all;
use crate::pool::Pool;

const THREADS: usize = 4;

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We have a pool of 4 threads run two jobs that panic: one through a submitter,")?;
    writeln!(out, "  one without, whose panic nobody asks for. We compare the thread ids.")?;
    writeln!(out, "  Expected: the submitter gets an error, and the same 4 threads work on.")?;
    let pool = Pool::new(THREADS);
    let before = BTreeSet::from_iter(threads_at_once(&pool, THREADS, super::TIMEOUT)?);
    let outcome = run_all(&pool, vec![Box::new(quiet_panic)])?.remove(0);
    let error = outcome.map_or_else(|error| error.to_string(), |_| "no error".to_owned());
    pool.execute(Box::new(quiet_panic))?;
    let after = BTreeSet::from_iter(threads_at_once(&pool, THREADS, super::TIMEOUT)?);
    writeln!(out, "    submitter gets  {error}")?;
    writeln!(out, "    threads before  {before:?}")?;
    writeln!(out, "    threads after   {after:?}")?;
    claim(error == "the job panicked: no such user", format!("the submitter got: {error}"))?;
    claim(before == after, "some thread of the pool was lost or replaced")?;
    writeln!(out, "  A panic is like an exception in JavaScript: here it ends the job, not the")?;
    writeln!(out, "  thread. The document says that a thread crash can affect others; this one")?;
    writeln!(out, "  does not, since the pool catches it.")?;
    Ok(())
}

/// Unwinds like `panic!`, without the message on standard error.
fn quiet_panic() {
    panic::resume_unwind(Box::new("no such user"));
}
