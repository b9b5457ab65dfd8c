//! The row "Event Loop".

use super::assess::{Condition, counted, find, median};
use super::trials::architecture as arms;
use super::words::time;
use super::{Claim, Finding, Missing, Side, spec};
use crate::measure::samples::Experiment;

pub(super) const CALLBACKS: &str = "architecture.callbacks";
const WAITS: &str = "architecture.waits";
pub(super) const NODE: &str = "node.architecture";
const NODE_WAITS: &str = "node.waits";

pub(super) const CLAIM: Claim = Claim {
    key: "Event Loop",
    document: &["Single-threaded, handles async callbacks"],
    rule: "Two conditions: callbacks of every kind ran on one thread; and ten waits one after another take clearly more \
        time than the same ten on the loop. A count holds when nine of ten trials show it.",
    rust: Side { evidence: &[CALLBACKS, WAITS], judge: |report| judge(report, [CALLBACKS, WAITS], "") },
    node: Side { evidence: &[NODE, NODE_WAITS], judge: |report| judge(report, [NODE, NODE_WAITS], arms::NODE) },
    experiments: &[
        spec(CALLBACKS, "which threads run a loop's callbacks?", [0.1, 0.2], arms::callbacks),
        spec(WAITS, "ten waits of 5 ms: on one loop, and one after another", [0.2, 1.5], arms::waits),
        spec(NODE, "which threads and processes does Node.js have?", [0.2, 0.3], arms::in_node),
        spec(NODE_WAITS, "ten waits of 5 ms in Node.js: at once, one after another", [0.2, 1.5], arms::waits_in_node),
    ],
};

fn judge(report: &[Experiment], [counts, waits]: [&str; 2], whose: &str) -> Result<Finding, Missing> {
    let (counts, waits) = (find(report, counts)?, find(report, waits)?);
    let [kinds, threads, at_once, in_turn] =
        [arms::KINDS, arms::THREADS, arms::LOOP, arms::IN_TURN].map(|arm| format!("{whose}{arm}"));
    let kinds = median(counts, &kinds)?;
    let single =
        counted(counts, &threads, |count| count == 1.0, &format!("all {kinds} kinds of callback on 1 thread"))?;
    let overlap = Condition::more(waits, &in_turn, &at_once, "one after another to at once on the loop")?;
    let conditions = vec![single, overlap];
    let ran = median(counts, &threads)?;
    let plural = if ran == 1.0 { "" } else { "s" };
    let took = time(median(waits, &at_once)?);
    let cell = format!("all {kinds} kinds of callback ran on {ran} thread{plural}; ten 5 ms waits took {took}");
    let answer = format!("Callbacks of all {kinds} kinds ran on {ran} thread{plural}; ten waits of 5 ms took {took}.");
    Ok(Finding::of(conditions, vec![cell], answer))
}
