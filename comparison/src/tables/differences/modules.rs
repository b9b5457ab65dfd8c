//! The row "Use in Node.js": whose process and thread the two modules give.

use crate::report::{Experiment, Verdict};
use crate::tables::{Claim, Judged, count};
use crate::verdict::{Missing, arm, find};

pub(super) const ROW: Claim = Claim {
    key: "Use in Node.js",
    document: &["`child_process` module", "`worker_threads` module"],
    rule: "In the real Node.js: supported when child_process.fork gives a process id of its own, and Worker \
        the same process id with a kernel thread of its own; else contradicted. Unresolved without Node.js.",
    evidence: &["node.modules"],
    judge,
};

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let node = find(report, "node.modules")?;
    let (fork, trials) = count(arm(node, "process: fork, own pid")?);
    let (worker, _) = count(arm(node, "thread: Worker, own pid")?);
    let (tid, _) = count(arm(node, "thread: Worker, own tid")?);
    let holds = fork == trials && worker == 0 && tid == trials;
    let cells = vec![
        format!("fork: a pid of its own in {fork} of {trials}"),
        format!("Worker: a pid of its own in {worker} of {trials}, a thread id of its own in {tid} of {trials}"),
    ];
    Ok(Judged {
        answer: format!(
            "fork gave a process of its own in {fork} of {trials} trials; Worker in {worker}, but a thread of its own in \
             {tid}."
        ),
        node: cells.clone(),
        measured: cells,
        verdict: if holds { Verdict::Supported } else { Verdict::Contradicted },
        why: format!("Asked of the real Node.js, {trials} times: each child and each Worker told its ids."),
    })
}
