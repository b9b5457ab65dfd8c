//! The row "Child Processes".

use super::assess::{Condition, counted, find, median, seen};
use super::event_loop::NODE;
use super::memory::{NODE_VISIBLE, VISIBLE};
use super::trials::architecture as arms;
use super::trials::visible;
use super::words::of;
use super::{Claim, Finding, Missing, Side, spec};
use crate::measure::samples::Experiment;

pub(super) const PROCESSES: &str = "architecture.processes";
const CLUSTER: &str = "node.cluster";

pub(super) const CLAIM: Claim = Claim {
    key: "Child Processes",
    document: &["Separate memory, multiple Node.js processes"],
    rule: "Three conditions: a parent and two children have three process ids; two processes answered on one port; no \
        write of a child was seen by its parent. A count holds when nine of ten trials show it.",
    rust: Side {
        evidence: &[PROCESSES, VISIBLE],
        judge: |report| judge([PROCESSES, PROCESSES], "", seen(find(report, VISIBLE)?, visible::PROCESS)?, report),
    },
    node: Side {
        evidence: &[NODE, CLUSTER, NODE_VISIBLE],
        judge: |report| judge([NODE, CLUSTER], arms::NODE, seen(find(report, NODE_VISIBLE)?, visible::SENT)?, report),
    },
    experiments: &[
        spec(PROCESSES, "how many processes serve one port?", [0.1, 0.3], arms::processes),
        spec(CLUSTER, "how many processes answer on one port of Node's cluster?", [0.2, 0.3], arms::processes_in_node),
    ],
};

fn judge(
    [started, served]: [&str; 2],
    whose: &str,
    writes: (usize, usize),
    report: &[Experiment],
) -> Result<Finding, Missing> {
    let [family, answered] = [arms::FAMILY, arms::ANSWERED].map(|arm| format!("{whose}{arm}"));
    let started = find(report, started)?;
    let conditions = vec![
        counted(started, &family, |count| count == 3.0, "a parent and two children: 3 process ids")?,
        counted(find(report, served)?, &answered, |count| count == 2.0, "2 processes answered on one port")?,
        Condition::fact(writes.0 == 0, format!("{} writes of a child seen by its parent", of(writes))),
    ];
    let family = median(started, &family)?;
    let cell = format!("a parent and 2 children: {family} processes; {} child writes seen", of(writes));
    let answer = format!("A parent and two children are {family} processes; it saw {} of their writes.", of(writes));
    Ok(Finding::of(conditions, vec![cell], answer))
}
