//! The row "Child Processes": are they processes, and is their memory their own?

use super::{always, count, of_parts, trials};
use crate::report::Experiment;
use crate::tables::{self, Claim, Judged};
use crate::verdict::{Missing, arm, find};

pub(super) const ROW: Claim = Claim {
    key: "Child Processes",
    document: &["Separate memory, multiple Node.js processes"],
    rule: "Supported when no write of a child was seen by its parent, and two children and their parent had three \
        process ids, two of them answering on one port, in every trial; contradicted when neither holds; else it \
        depends.",
    evidence: &["architecture.processes", "memory.visible", "node.modules", "node.cluster"],
    judge,
};

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let (processes, visible) = (find(report, "architecture.processes")?, find(report, "memory.visible")?);
    let (pids, answered) = ("process ids of two children and their parent", "processes that answered on one port");
    let (seen, writes) = tables::count(arm(visible, "process: private memory")?);
    let many = always(processes, pids, 3.0)? && always(processes, answered, 2.0)?;
    let (pids, answered) = (count(processes, pids)?, count(processes, answered)?);
    Ok(Judged {
        answer: format!(
            "A parent and two children are {pids} processes, and its parent saw {seen} of a child's {writes} writes."
        ),
        node: node(report).into_iter().collect(),
        measured: vec![format!(
            "{pids} process ids for a parent and two children; {answered} processes answered on one port; {seen} of \
             {writes} writes of a child seen by its parent"
        )],
        verdict: of_parts([seen == 0, many]),
        why: format!("In {} trials with a cluster of two workers.", trials(processes)),
    })
}

fn node(report: &[Experiment]) -> Result<String, Missing> {
    let (own, trials) = tables::count(arm(find(report, "node.modules")?, "process: fork, own pid")?);
    let cluster = find(report, "node.cluster").and_then(|node| count(node, "workers that answered on one port"));
    let cluster = cluster.map(|workers| format!("; {workers} workers of a cluster answered on one port"));
    Ok(format!("fork: a process id of its own in {own} of {trials}{}", cluster.unwrap_or_default()))
}
