//! Only what is still queued can be cancelled. Its callback runs all the same, and is told.

use std::cell::RefCell;
use std::io::Write;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::outcome::JobError;
use crate::pool::Pool;
use crate::ticket::Cancel;

const PATIENCE: Duration = Duration::from_secs(5);

/// Shows what a cancel finds, and what the callbacks are told: one thread, of three jobs the first holds it.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let pool = Pool::new(1);
    let told = RefCell::new(Vec::new());
    let (started, running) = crossbeam_channel::bounded(1);
    let (release, wait) = crossbeam_channel::bounded::<()>(1);
    let submitter = pool.submitter();
    let tell = |name| {
        let told = &told;
        move |outcome| told.borrow_mut().push((name, outcome))
    };

    let holder = move || {
        let _ = started.send(());
        let _ = wait.recv_timeout(PATIENCE); // ends when `release` is dropped
        "a result"
    };
    let first = submitter.submit(holder, tell("first"))?;
    let second = submitter.submit(|| "a result", tell("second"))?;
    submitter.submit(|| "a result", tell("third"))?;
    running.recv_timeout(PATIENCE).context("the first job does not start")?;
    let found = [first.cancel(), second.cancel(), second.cancel()];
    drop(release);
    submitter.run_until_idle();
    let found_late = first.cancel();
    drop(submitter);

    for (what, found) in ["first, while it runs", "second, queued", "second, again"].iter().zip(found) {
        writeln!(out, "  cancel the {what:<22} {found:?}")?;
    }
    writeln!(out, "  cancel the {:<22} {found_late:?}", "first, when it is done")?;
    ensure!(found == [Cancel::Running, Cancel::Cancelled, Cancel::Done], "the cancels found {found:?}");
    ensure!(found_late == Cancel::Done, "a job that was done was found {found_late:?}");
    let mut told = told.into_inner();
    told.sort_by_key(|(name, _)| *name);
    for (name, outcome) in &told {
        let text = outcome.as_ref().map_or_else(JobError::to_string, |result| (*result).to_owned());
        writeln!(out, "  {name:<6} callback: {text}")?;
    }
    let expected = [("first", Ok("a result")), ("second", Err(JobError::Cancelled)), ("third", Ok("a result"))];
    ensure!(told == expected, "the callbacks were told {told:?}");
    writeln!(out, "  Three jobs, two were run, three callbacks.")?;
    Ok(())
}
