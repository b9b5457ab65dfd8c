//! Only a queued job can be cancelled. Its callback runs all the same, with an error.

use std::cell::RefCell;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;

use crate::cli::claim;
use crate::completion::Cancel;
use crate::observe::rendezvous::Rendezvous;
use crate::outcome::JobError;
use crate::pool::Pool;

const TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We submit three jobs to one thread. While the first runs we cancel it and,")?;
    writeln!(out, "  twice, the second; when all is done we cancel the first again.")?;
    writeln!(out, "  Expected: only the queued job is cancelled, and all three callbacks run.")?;
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
        meetings.iter().for_each(|meeting| _ = meeting.meet(TIMEOUT));
        "a result"
    };
    let first = submitter.submit(holder, tell("first"))?;
    let second = submitter.submit(|| "a result", tell("second"))?;
    submitter.submit(|| "a result", tell("third"))?;
    ensure!(running.meet(TIMEOUT), "the first job does not start");
    let found = [first.cancel(), second.cancel(), second.cancel()];
    release.meet(TIMEOUT);
    submitter.run_until_idle();
    let found = [found[0], found[1], found[2], first.cancel()];
    drop(submitter);

    let what = ["first, while it runs", "second, queued", "second, again", "first, at the end"];
    for (what, found) in what.iter().zip(found) {
        writeln!(out, "    cancel the {what:<22} {}", describe(found))?;
    }
    let expected = [Cancel::Running, Cancel::Cancelled, Cancel::Done, Cancel::Done];
    claim(found == expected, format!("the cancels found {found:?}"))?;
    let mut told = told.into_inner();
    told.sort_by_key(|(name, _)| *name);
    for (name, outcome) in &told {
        let text = outcome.as_ref().map_or_else(JobError::to_string, |result: &&str| (*result).to_owned());
        writeln!(out, "    {name:<6} callback: {text}")?;
    }
    let expected = [("first", Ok("a result")), ("second", Err(JobError::Cancelled)), ("third", Ok("a result"))];
    claim(told == expected, format!("the callbacks got {told:?}"))?;
    writeln!(out, "  Node: an AbortSignal can stop a queued file read, but not one that runs.")?;
    Ok(())
}

fn describe(found: Cancel) -> &'static str {
    match found {
        Cancel::Cancelled => "cancelled: it will not run",
        Cancel::Running => "too late: a thread runs it",
        Cancel::Done => "too late: already finished or cancelled",
    }
}
