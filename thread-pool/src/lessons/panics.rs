//! A job that panics: its submitter gets an error, and the pool loses no thread.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::Write;
use std::panic;

use crate::cli::claim;
use crate::executor::Executor;
use crate::observe::rendezvous::threads_at_once;
use crate::pool::Pool;

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We have a pool of 4 threads run two jobs that panic: one through a submitter,")?;
    writeln!(out, "  one given to the pool directly. We compare the ids of its threads.")?;
    writeln!(out, "  Expected: the submitter gets an error, and the same 4 threads work on.")?;
    let pool = Pool::new(4);
    let before = BTreeSet::from_iter(threads_at_once(&pool, pool.size(), super::TIMEOUT)?);
    let seen = RefCell::new(Ok(())); // replaced by the job's outcome
    let submitter = pool.submitter();
    submitter.submit(quiet_panic, |outcome| _ = seen.replace(outcome))?;
    submitter.run_until_idle();
    let error = if let Err(error) = &*seen.borrow() { error.to_string() } else { "no error".to_owned() };
    pool.execute(Box::new(quiet_panic))?;
    let after = BTreeSet::from_iter(threads_at_once(&pool, pool.size(), super::TIMEOUT)?);
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
