//! The row "Overhead".

use super::assess::{Condition, Holds, find, median, ratio};
use super::trials::{creation, footprints, parents, visible};
use super::words::{memory, time, times};
use super::{Claim, Finding, Missing, Side, spec};
use crate::measure::samples::Experiment;

const CREATE: &str = "overhead.create";
const MEMORY: &str = "overhead.memory";
const NODE_CREATE: &str = "node.create";
const NODE_MEMORY: &str = "node.footprint";

/// Parents of growing size, in MiB, and what a fork of each costs: the larger ones illustrate.
pub(super) const BY_PARENT: [(&str, u32); 3] =
    [(CREATE, 1), ("overhead.by_parent.64MiB", 64), ("overhead.by_parent.256MiB", 256)];
const ABOUT_PARENT: &str = "thread, fork and another program from a parent with that much memory";

pub(super) const CLAIM: Claim = Claim {
    key: "Overhead",
    document: &["Higher", "Lower"],
    rule: "Conditions: each kind of process takes clearly more time than a thread, in Rust from its start to its end, in \
        Node.js until it is up and has answered; and clearly more memory when idle.",
    rust: Side { evidence: &[CREATE, MEMORY], judge: in_rust },
    node: Side { evidence: &[NODE_CREATE, NODE_MEMORY], judge: in_node },
    experiments: &[
        spec(CREATE, "start a thread, a fork, a program, and wait for its end", [0.3, 2.0], |plan| {
            parents::by_parent(plan, 1)
        }),
        spec(MEMORY, "what one more idle unit costs in memory", [0.3, 1.5], footprints::per_unit),
        spec(BY_PARENT[1].0, ABOUT_PARENT, [0.1, 0.6], |plan| parents::by_parent(plan, 64)),
        spec(BY_PARENT[2].0, ABOUT_PARENT, [0.1, 1.5], |plan| parents::by_parent(plan, 256)),
        spec(NODE_CREATE, "start a Worker or a child, and wait for its first answer", [0.8, 4.0], creation::in_node),
        spec(NODE_MEMORY, "what one more idle Worker or child costs in memory", [0.5, 2.0], visible::idle_in_node),
    ],
};

fn in_rust(report: &[Experiment]) -> Result<Finding, Missing> {
    let (create, idle) = (find(report, CREATE)?, find(report, MEMORY));
    let took = |arm: &str| median(create, arm).map(time);
    let mut conditions = vec![
        Condition::more(create, creation::FORK, creation::THREAD, "time, fork to thread")?,
        Condition::more(create, creation::PROGRAM, creation::THREAD, "time, another program to thread")?,
    ];
    let mut fork = format!("fork to end {}", took(creation::FORK)?);
    let mut thread = format!("start to end {}", took(creation::THREAD)?);
    match idle {
        Ok(idle) => {
            conditions.push(Condition::more(idle, footprints::FORK, footprints::THREAD, "memory, fork to thread")?);
            fork += &format!(", {} idle", memory(median(idle, footprints::FORK)?));
            thread += &format!(", {} idle", memory(median(idle, footprints::THREAD)?));
        }
        Err(Missing(why)) => conditions.push(Condition { holds: Holds::Unclear, text: why, ratio: None }),
    }
    let cells = vec![format!("{fork}; another program {}", took(creation::PROGRAM)?), thread];
    let by = |unit: &str| ratio(create, unit, creation::THREAD).map(|ratio| times(ratio.median));
    let answer = format!(
        "To start and end, a fork takes {} as long as a thread, another program {}.",
        by(creation::FORK)?,
        by(creation::PROGRAM)?
    );
    Ok(Finding::of(conditions, cells, answer))
}

fn in_node(report: &[Experiment]) -> Result<Finding, Missing> {
    let (create, idle) = (find(report, NODE_CREATE)?, find(report, NODE_MEMORY)?);
    let conditions = vec![
        Condition::more(create, creation::NODE_FORK, creation::NODE_WORKER, "time to first answer, fork to Worker")?,
        Condition::more(idle, visible::IDLE_FORK, visible::IDLE_WORKER, "memory, fork to Worker")?,
    ];
    let cell = |name: &str, unit: &str, idle_unit: &str| {
        let answered = time(median(create, unit)?);
        Ok(format!("{name} up in {answered}, {} idle", memory(median(idle, idle_unit)?)))
    };
    let cells = vec![
        cell("fork", creation::NODE_FORK, visible::IDLE_FORK)?,
        cell("Worker", creation::NODE_WORKER, visible::IDLE_WORKER)?,
    ];
    let answer = format!(
        "A child takes {} as long as a Worker to answer, and {} the memory.",
        times(ratio(create, creation::NODE_FORK, creation::NODE_WORKER)?.median),
        times(ratio(idle, visible::IDLE_FORK, visible::IDLE_WORKER)?.median)
    );
    Ok(Finding::of(conditions, cells, answer))
}
