//! The row "Event Loop".

use super::assess::{Condition, Want, all_hold, counted, find, median};
use super::trials::architecture::{self as arms, IN_NODE};
use super::words::time;
use super::{Claim, Finding, Missing, Side, node, rust};
use crate::measure::samples::Experiment;

pub(super) const CALLBACKS: &str = "architecture.callbacks";
const WAITS: &str = "architecture.waits";
pub(super) const NODE: &str = "node.architecture";
const NODE_WAITS: &str = "node.waits";

pub(super) const CLAIM: Claim = Claim {
    key: "Event Loop",
    document: &["Single-threaded, handles async callbacks"],
    rule: "Two conditions: callbacks of every kind ran on one thread; and ten waits one after another take clearly more \
        time than the same ten on the loop. Supported when both hold, contradicted when neither does, depends when one \
        does.",
    rust: Side { evidence: &[CALLBACKS, WAITS], judge: in_rust },
    node: Side { evidence: &[NODE, NODE_WAITS], judge: in_node },
    experiments: &[
        rust(CALLBACKS, "which threads run a loop's callbacks?", [0.1, 0.2], arms::callbacks),
        rust(WAITS, "ten waits of 5 ms: on one loop, and one after another", [0.2, 1.5], arms::waits),
        node(NODE, "which threads does Node.js have, and for what?", [0.2, 0.3], arms::in_node),
        node(NODE_WAITS, "ten waits of 5 ms in Node.js: at once, one after another", [0.3, 1.5], arms::waits_in_node),
    ],
};

fn in_rust(report: &[Experiment]) -> Result<Finding, Missing> {
    let (counts, waits) = (find(report, CALLBACKS)?, find(report, WAITS)?);
    judge(counts, [arms::KINDS, arms::THREADS], waits, [arms::IN_TURN, arms::LOOP])
}

fn in_node(report: &[Experiment]) -> Result<Finding, Missing> {
    let (counts, waits) = (find(report, NODE)?, find(report, NODE_WAITS)?);
    judge(counts, [IN_NODE[0], IN_NODE[1]], waits, [arms::NODE_IN_TURN, arms::NODE_LOOP])
}

fn judge(
    counts: &Experiment,
    [kinds, threads]: [&str; 2],
    waits: &Experiment,
    [in_turn, at_once]: [&str; 2],
) -> Result<Finding, Missing> {
    let kinds = median(counts, kinds)?;
    let single = counted(counts, threads, |count| count == 1.0, &format!("all {kinds} kinds of callback on 1 thread"))?;
    let overlap = Condition::ratio(waits, in_turn, at_once, Want::More, "one after another to at once on the loop")?;
    let conditions = vec![single, overlap];
    let ran = median(counts, threads)?;
    let plural = if ran == 1.0 { "" } else { "s" };
    let took = time(median(waits, at_once)?);
    let cell = format!("all {kinds} kinds of callback ran on {ran} thread{plural}; ten 5 ms waits took {took}");
    let answer = match all_hold(&conditions) {
        true => format!("One thread runs every kind of callback, and ten waits of 5 ms are over in {took}."),
        false => format!("Callbacks ran on {ran} thread{plural}, and ten waits of 5 ms took {took}."),
    };
    Ok(Finding::of(conditions, vec![cell], answer))
}
