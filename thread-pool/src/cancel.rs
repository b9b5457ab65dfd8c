//! Only what is still queued can be cancelled. Its callback runs all the same, and is told.

use std::cell::RefCell;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;

use crate::outcome::JobError;
use crate::pool::Pool;
use crate::rendezvous::Rendezvous;
use crate::ticket::Cancel;

const PATIENCE: Duration = Duration::from_secs(5);

/// Shows what a cancel finds, and what the callbacks are told: one thread, of three jobs the first holds it.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let pool = Pool::new(1);
    let told = RefCell::new(Vec::new());
    let submitter = pool.submitter();
    let tell = |name| {
        let told = &told;
        move |outcome| told.borrow_mut().push((name, outcome))
    };
    let [running, release] = [(); 2].map(|()| Arc::new(Rendezvous::new(2)));
    let meetings = [Arc::clone(&running), Arc::clone(&release)];
    let holder = move || {
        meetings.iter().for_each(|meeting| _ = meeting.meet(PATIENCE));
        "a result"
    };
    let first = submitter.submit(holder, tell("first"))?;
    let second = submitter.submit(|| "a result", tell("second"))?;
    submitter.submit(|| "a result", tell("third"))?;
    ensure!(running.meet(PATIENCE), "the first job does not start");
    let found = [first.cancel(), second.cancel(), second.cancel()];
    release.meet(PATIENCE);
    submitter.run_until_idle();
    let found = [found[0], found[1], found[2], first.cancel()];
    drop(submitter);

    let what = ["first, while it runs", "second, queued", "second, again", "first, when it is done"];
    for (what, found) in what.iter().zip(found) {
        writeln!(out, "  cancel the {what:<22} {found:?}")?;
    }
    let expected = [Cancel::Running, Cancel::Cancelled, Cancel::Done, Cancel::Done];
    ensure!(found == expected, "the cancels found {found:?}");
    let mut told = told.into_inner();
    told.sort_by_key(|(name, _)| *name);
    for (name, outcome) in &told {
        let text = outcome.as_ref().map_or_else(JobError::to_string, |result: &&str| (*result).to_owned());
        writeln!(out, "  {name:<6} callback: {text}")?;
    }
    let expected = [("first", Ok("a result")), ("second", Err(JobError::Cancelled)), ("third", Ok("a result"))];
    ensure!(told == expected, "the callbacks were told {told:?}");
    writeln!(out, "  Three jobs, two were run, three callbacks.")?;
    Ok(())
}
