//! The row "Child Processes".

use super::assess::{Condition, counted, find, median, seen};
use super::memory::{NODE_VISIBLE, VISIBLE};
use super::trials::architecture::{self as arms};
use super::trials::visible;
use super::words::of;
use super::{Claim, Finding, Missing, Side, node, rust};
use crate::measure::samples::Experiment;

const PROCESSES: &str = "architecture.processes";
const CLUSTER: &str = "node.cluster";

pub(super) const CLAIM: Claim = Claim {
    key: "Child Processes",
    document: &["Separate memory, multiple Node.js processes"],
    rule: "Three conditions: a parent and two children have three process ids; two processes answered on one port; no \
        write of a child was seen by its parent. Supported when all hold, contradicted when none does, else it depends.",
    rust: Side { evidence: &[PROCESSES, VISIBLE], judge: in_rust },
    node: Side { evidence: &[CLUSTER, NODE_VISIBLE], judge: in_node },
    experiments: &[
        rust(PROCESSES, "how many processes serve one port?", [0.1, 0.3], arms::processes),
        node(CLUSTER, "how many processes answer on one port of Node's cluster?", [0.2, 0.3], arms::processes_in_node),
    ],
};

fn in_rust(report: &[Experiment]) -> Result<Finding, Missing> {
    let ids = [arms::FAMILY, arms::ANSWERED];
    judge(find(report, PROCESSES)?, ids, seen(find(report, VISIBLE)?, visible::PROCESS)?)
}

fn in_node(report: &[Experiment]) -> Result<Finding, Missing> {
    let ids = [arms::NODE_FAMILY, arms::NODE_ANSWERED];
    judge(find(report, CLUSTER)?, ids, seen(find(report, NODE_VISIBLE)?, visible::SENT)?)
}

fn judge(done: &Experiment, [family, answered]: [&str; 2], writes: (usize, usize)) -> Result<Finding, Missing> {
    let conditions = vec![
        counted(done, family, |count| count == 3.0, "a parent and two children: 3 process ids")?,
        counted(done, answered, |count| count == 2.0, "2 processes answered on one port")?,
        Condition::fact(writes.0 == 0, format!("{} writes of a child seen by its parent", of(writes))),
    ];
    let family = median(done, family)?;
    let cell = format!("a parent and 2 children: {family} processes; {} child writes seen", of(writes));
    let answer = format!("Children are processes with separate memory: their parent saw {} writes.", of(writes));
    Ok(Finding::of(conditions, vec![cell], answer))
}
