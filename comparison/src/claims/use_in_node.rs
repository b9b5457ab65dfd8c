//! The row "Use in Node.js".

use super::assess::{Condition, find, seen};
use super::trials::modules as arms;
use super::words::of;
use super::{Claim, Finding, Missing, Side, node, rust};
use crate::measure::samples::Experiment;

const MODULES: &str = "use.modules";
const NODE: &str = "node.modules";

pub(super) const CLAIM: Claim = Claim {
    key: "Use in Node.js",
    document: &["`child_process` module", "`worker_threads` module"],
    rule: "Conditions: what the process module starts has a process id that differs from its starter's; what the thread \
        module starts has the starter's process id, and another thread id. Supported when all hold, contradicted when \
        none does, else it depends.",
    rust: Side { evidence: &[MODULES], judge: in_rust },
    node: Side { evidence: &[NODE], judge: in_node },
    experiments: &[
        rust(MODULES, "whose process are our child and our worker?", [0.1, 0.2], arms::modules),
        node(NODE, "whose process are child_process.fork and Worker?", [0.2, 0.3], arms::in_node),
    ],
};

fn in_rust(report: &[Experiment]) -> Result<Finding, Missing> {
    judge(find(report, MODULES)?, [arms::OWN_PROCESS, arms::WORKER_PROCESS, arms::WORKER_THREAD])
}

fn in_node(report: &[Experiment]) -> Result<Finding, Missing> {
    judge(find(report, NODE)?, [arms::NODE_OWN_PROCESS, arms::NODE_WORKER_PROCESS, arms::NODE_WORKER_THREAD])
}

fn judge(done: &Experiment, [child, worker, thread]: [&str; 3]) -> Result<Finding, Missing> {
    let (child, worker, thread) = (seen(done, child)?, seen(done, worker)?, seen(done, thread)?);
    let conditions = vec![
        Condition::trials(child.0, child.1, format!("a child is another process in {}", of(child))),
        Condition::trials(worker.1 - worker.0, worker.1, format!("a worker is another process in {}", of(worker))),
        Condition::trials(thread.0, thread.1, format!("a worker is another thread in {}", of(thread))),
    ];
    let cells = vec![
        format!("another process in {}", of(child)),
        format!("same process, other thread: {}", of(((worker.1 - worker.0).min(thread.0), thread.1))),
    ];
    let answer = "child_process starts processes, worker_threads starts threads of the same process.".to_owned();
    Ok(Finding::of(conditions, cells, answer))
}
