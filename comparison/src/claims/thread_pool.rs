//! The row "libuv Thread Pool".

use super::assess::{counted, find, median};
use super::event_loop::{CALLBACKS, NODE};
use super::trials::architecture as arms;
use super::{Claim, Finding, Missing, Side, spec};
use crate::measure::samples::Experiment;

const POOL: &str = "architecture.pool";

pub(super) const CLAIM: Claim = Claim {
    key: "libuv Thread Pool",
    document: &["Multi-threaded, handles file system, DNS, crypto"],
    rule: "Three conditions: more than one of its threads worked at once; file system, DNS and crypto were done on its \
        threads; network callbacks had no thread beside the loop's. A condition holds when nine of ten trials show it.",
    rust: Side { evidence: &[POOL, CALLBACKS], judge: |report| judge(report, [POOL, CALLBACKS], "") },
    node: Side { evidence: &[NODE], judge: |report| judge(report, [NODE, NODE], arms::NODE) },
    experiments: &[spec(POOL, "which threads run files, lookups, crypto?", [0.1, 0.2], arms::pool)],
};

fn judge(report: &[Experiment], [pool, callbacks]: [&str; 2], whose: &str) -> Result<Finding, Missing> {
    let (pool, callbacks) = (find(report, pool)?, find(report, callbacks)?);
    let [at_once, kinds, network] =
        [arms::AT_ONCE, arms::KINDS_OF_WORK, arms::NETWORK].map(|arm| format!("{whose}{arm}"));
    let [threads, done, used] = [median(pool, &at_once)?, median(pool, &kinds)?, median(callbacks, &network)?];
    let conditions = vec![
        counted(pool, &at_once, |count| count > 1.0, &format!("{threads} of its threads worked at once"))?,
        counted(pool, &kinds, |count| count == 3.0, &format!("{done} of 3 kinds of work ran on its threads"))?,
        counted(callbacks, &network, |count| count == 0.0, "the network used no thread but the loop's")?,
    ];
    let used = if used == 0.0 { "none".to_owned() } else { used.to_string() };
    let cell = format!("{done} of 3 kinds of work ran on its {threads} threads; the network used {used}");
    let answer =
        format!("Files, DNS and crypto ran on {threads} pool threads ({done} of 3 kinds), the network on {used}.");
    Ok(Finding::of(conditions, vec![cell], answer))
}
