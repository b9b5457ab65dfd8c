//! The row "Isolated execution with crash safety": who outlives whose fault, and what that costs.

use super::{process_or_thread, winners};
use crate::report::Experiment;
use crate::tables::differences::crash::{survived, timeline};
use crate::tables::{Claim, Judged, share, times};
use crate::verdict::{Missing, find, ratio};

pub(super) const ROW: Claim = Claim {
    key: "Isolated execution with crash safety",
    document: &["Process"],
    rule: "A candidate wins when the others survived every fault of every trial. Supported when only the process wins; \
        contradicted when it does not; depends when the thread wins, too.",
    evidence: &["crash.survivors", "crash.timeline", "overhead.create"],
    judge,
};

/// In how many trials the others were alive, and of how many.
fn alive(crash: &Experiment, unit: &str) -> Option<(usize, usize)> {
    let faults = survived(crash, unit);
    let trials: usize = faults.iter().map(|(_, _, trials)| trials).sum();
    (trials > 0).then(|| (faults.iter().map(|(_, alive, _)| alive).sum(), trials))
}

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let crash = find(report, "crash.survivors")?;
    let (Some(process), Some(thread)) = (alive(crash, "process"), alive(crash, "thread")) else {
        return Err(Missing("crash.survivors has no arm that counts survivors".to_owned()));
    };
    let safe = (process.0 == process.1, thread.0 == thread.1);
    let price = find(report, "overhead.create").and_then(|create| ratio(create, ["process: fork", "thread"]));
    let price = price.map(|ratio| format!(" The price: a forked process takes {} as long to make.", times(ratio)));
    let node = alive(crash, "node process").zip(alive(crash, "node thread"));
    let node = node.map(|(process, thread)| {
        format!("others alive after {} faults of a child, {} of a Worker", share(process), share(thread))
    });
    Ok(Judged {
        answer: format!(
            "The others outlived {} of {} faults in a process, and {} of {} in a thread.",
            process.0, process.1, thread.0, thread.1
        ),
        node: node.into_iter().collect(),
        measured: vec![format!("{}: others alive after {} faults", winners(safe.0, safe.1), share(process))],
        verdict: process_or_thread(safe.0, safe.1),
        why: format!(
            "Others were alive after {} faults in a process, {} in a thread.{}{}",
            share(process),
            share(thread),
            timeline(report, "segfault").unwrap_or_default(),
            price.unwrap_or_default()
        ),
    })
}
