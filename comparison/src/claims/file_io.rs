//! The row "Parallel file I/O or background tasks".

use super::assess::{Condition, find, median};
use super::trials::scenarios::{self as arms, delay, total};
use super::words::time;
use super::{Claim, Finding, Missing, Side, spec};
use crate::measure::samples::Experiment;

const FILES: &str = "scenario.file_io";
const NODE: &str = "node.file_io";

pub(super) const CLAIM: Claim = Claim {
    key: "Parallel file I/O or background tasks",
    document: &["Thread pool (auto)"],
    rule: "Two conditions, for reads from the page cache: inline the loop is clearly later than with the pool; with the \
        pool the reads do not take clearly longer.",
    rust: Side { evidence: &[FILES], judge: |report| judge(find(report, FILES)?, arms::INLINE, arms::POOL) },
    node: Side { evidence: &[NODE], judge: |report| judge(find(report, NODE)?, arms::NODE_INLINE, arms::NODE_POOL) },
    experiments: &[
        spec(FILES, "a loop with file reads: inline, and on the pool", [0.5, 3.0], arms::file_io),
        spec(NODE, "Node's loop with file reads: readSync, and fs.read on its pool", [0.6, 4.0], arms::file_io_in_node),
    ],
};

fn judge(done: &Experiment, inline: &str, pool: &str) -> Result<Finding, Missing> {
    let conditions = vec![
        Condition::more(done, &delay(inline), &delay(pool), "loop's delay, inline to pool")?,
        Condition::more(done, &total(pool), &total(inline), "time, pool to inline")?.negated(),
    ];
    let figure = |arm: &str| median(done, arm).map(time);
    let [late, late_inline] = [figure(&delay(pool))?, figure(&delay(inline))?];
    let [took, took_inline] = [figure(&total(pool))?, figure(&total(inline))?];
    let cell = format!("loop {late} late, not {late_inline}; all read in {took}");
    let answer = format!(
        "With the pool the loop is {late} late instead of {late_inline}; the reads take {took} instead of {took_inline}."
    );
    Ok(Finding::of(conditions, vec![cell], answer))
}
