//! The row "Worker Threads": what a worker adds.

use super::{always, count, trials};
use crate::report::{Experiment, Verdict};
use crate::tables::{Claim, Judged};
use crate::verdict::{Missing, find};

pub(super) const ROW: Claim = Claim {
    key: "Worker Threads",
    document: &["Optional multi-threaded JS execution"],
    rule: "Supported when without a worker the process has one thread, with two it has three, and these have three \
        thread ids and one process id, in every trial; else contradicted.",
    evidence: &["architecture.workers", "node.architecture"],
    judge,
};

const TIDS: &str = "thread ids that two workers and their starter have";
const PIDS: &str = "process ids that they have";

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let workers = find(report, "architecture.workers")?;
    let (without, with) = ("threads without a worker", "threads with two workers");
    let holds = always(workers, without, 1.0)?
        && always(workers, with, 3.0)?
        && always(workers, TIDS, 3.0)?
        && always(workers, PIDS, 1.0)?;
    let (before, after) = (count(workers, without)?, count(workers, with)?);
    let (tids, pids) = (count(workers, TIDS)?, count(workers, PIDS)?);
    let node = find(report, "node.architecture");
    let node = node.and_then(|node| {
        let added = count(node, "threads added by two workers")?;
        Ok(format!(
            "{added} threads more with two; {} thread ids, {} process id",
            count(node, TIDS)?,
            count(node, PIDS)?
        ))
    });
    Ok(Judged {
        answer: format!("Two workers make {before} thread {after}, with {tids} thread ids and {pids} process id."),
        node: node.into_iter().collect(),
        measured: vec![format!(
            "{before} thread without a worker, {after} with two; {tids} thread ids, {pids} process id"
        )],
        verdict: if holds { Verdict::Supported } else { Verdict::Contradicted },
        why: format!("In {} trials, by the kernel's count of threads.", trials(workers)),
    })
}
