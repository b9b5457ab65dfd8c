//! Only a queued job can be cancelled. Its callback runs all the same, with an error.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Write;

use crossbeam_channel::bounded;

use crate::cli::claim;
use crate::outcome::JobError;
use crate::pool::Pool;

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We submit jobs A and B to a single thread. While A runs, and B is queued, we")?;
    writeln!(out, "  try to cancel both. When A has ended we try once more to cancel it.")?;
    writeln!(out, "  Expected: only B, which is queued, is cancelled. Both callbacks run.")?;
    let outcomes = RefCell::new(BTreeMap::new());
    let pool = Pool::new(1);
    let submitter = pool.submitter();
    let (running_tx, running_rx) = bounded(1);
    let (release_tx, release_rx) = bounded(1);
    let wait = move || {
        let _ = running_tx.send(());
        let _ = release_rx.recv_timeout(super::TIMEOUT);
    };
    let a = submitter.submit(wait, |outcome| _ = outcomes.borrow_mut().insert("A", outcome))?;
    let b = submitter.submit(|| (), |outcome| _ = outcomes.borrow_mut().insert("B", outcome))?;
    running_rx.recv_timeout(super::TIMEOUT)?;
    let (a_running, b_queued) = (a.cancel(), b.cancel());
    release_tx.send(())?;
    submitter.run_until_idle();
    let found = [a_running, b_queued, a.cancel()];
    for (when, found) in ["A while it runs", "B while it is queued", "A when it has ended"].iter().zip(found) {
        writeln!(out, "    cancel {when:<22} {}", if found { "cancelled" } else { "too late" })?;
    }
    claim(found == [false, true, false], format!("the attempts to cancel returned {found:?}"))?;
    for (name, outcome) in &*outcomes.borrow() {
        let text = if let Err(error) = outcome { error.to_string() } else { "the job's result".to_owned() };
        writeln!(out, "    callback of {name:<17} {text}")?;
        let expected = if *name == "A" { Ok(()) } else { Err(JobError::Cancelled) };
        claim(*outcome == expected, format!("the callback of {name} got {outcome:?}"))?;
    }
    writeln!(out, "  In Node, readFile is several jobs: open, stat, reads. An AbortSignal stops it")?;
    writeln!(out, "  between two of them; it takes no job out of the pool's queue.")?;
    Ok(())
}
