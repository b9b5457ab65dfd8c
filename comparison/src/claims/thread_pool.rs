//! The row "libuv Thread Pool".

use super::assess::{counted, find, median};
use super::event_loop::{CALLBACKS, NODE};
use super::trials::architecture::{self as arms, IN_NODE};
use super::{Claim, Finding, Missing, Side, rust};
use crate::measure::samples::Experiment;

const POOL: &str = "architecture.pool";

pub(super) const CLAIM: Claim = Claim {
    key: "libuv Thread Pool",
    document: &["Multi-threaded, handles file system, DNS, crypto"],
    rule: "Three conditions: more than one of its threads worked at once; file system, DNS and crypto were done on its \
        threads; network callbacks had no thread beside the loop's. Supported when all hold, contradicted when none \
        does, else it depends. A condition holds when nine of ten trials show it.",
    rust: Side { evidence: &[POOL, CALLBACKS], judge: in_rust },
    node: Side { evidence: &[NODE], judge: in_node },
    experiments: &[rust(POOL, "which threads run files, lookups, crypto?", [0.1, 0.2], arms::pool)],
};

fn in_rust(report: &[Experiment]) -> Result<Finding, Missing> {
    let (pool, callbacks) = (find(report, POOL)?, find(report, CALLBACKS)?);
    judge([pool, pool, callbacks], [arms::AT_ONCE, arms::KINDS_OF_WORK, arms::NETWORK], 1.0)
}

fn in_node(report: &[Experiment]) -> Result<Finding, Missing> {
    judge([find(report, NODE)?; 3], [IN_NODE[4], IN_NODE[5], IN_NODE[2]], 0.0)
}

/// `network`: how many threads are counted where the network has none but the loop's.
fn judge(done: [&Experiment; 3], arms: [&str; 3], network: f64) -> Result<Finding, Missing> {
    let [at_once, kinds] = [median(done[0], arms[0])?, median(done[1], arms[1])?];
    let conditions = vec![
        counted(done[0], arms[0], |count| count > 1.0, &format!("{at_once} of its threads worked at once"))?,
        counted(done[1], arms[1], |count| count == 3.0, &format!("{kinds} of 3 kinds of work ran on its threads"))?,
        counted(done[2], arms[2], |count| count == network, "the network used no thread but the loop's")?,
    ];
    let extra = median(done[2], arms[2])? - network;
    let used = if extra == 0.0 { "none".to_owned() } else { extra.to_string() };
    let cell = format!("{kinds} of 3 kinds of work ran on its {at_once} threads; the network used {used}");
    let answer =
        format!("Files, DNS and crypto ran on {at_once} pool threads ({kinds} of 3 kinds), the network on {used}.");
    Ok(Finding::of(conditions, vec![cell], answer))
}
