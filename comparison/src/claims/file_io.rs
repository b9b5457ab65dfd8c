//! The row "Parallel file I/O or background tasks".

use super::assess::{Condition, Want, find, median};
use super::trials::scenarios::{self as arms, DELAY, TOTAL};
use super::words::time;
use super::{Claim, Finding, Missing, Side, Verdict, node, rust};
use crate::measure::samples::Experiment;

const FILES: &str = "scenario.file_io";
const NODE: &str = "node.file_io";

pub(super) const CLAIM: Claim = Claim {
    key: "Parallel file I/O or background tasks",
    document: &["Thread pool (auto)"],
    rule: "Two conditions, for reads from the page cache: inline the loop is clearly later than with the pool; with the \
        pool the reads do not take clearly longer. Supported when both hold, contradicted when neither does, else it \
        depends.",
    rust: Side { evidence: &[FILES], judge: in_rust },
    node: Side { evidence: &[NODE], judge: in_node },
    experiments: &[
        rust(FILES, "a loop with file reads: inline, thread, process, pool", [0.6, 4.0], arms::file_io),
        node(NODE, "Node's loop with file reads: readSync, and fs.read on its pool", [1.2, 4.0], arms::file_io_in_node),
    ],
};

fn in_rust(report: &[Experiment]) -> Result<Finding, Missing> {
    judge(find(report, FILES)?, arms::INLINE, arms::POOL)
}

fn in_node(report: &[Experiment]) -> Result<Finding, Missing> {
    judge(find(report, NODE)?, arms::NODE_INLINE, arms::NODE_POOL)
}

fn judge(done: &Experiment, inline: &str, pool: &str) -> Result<Finding, Missing> {
    let [late, late_inline] = [pool, inline].map(|arm| format!("{arm}: {DELAY}"));
    let [total, total_inline] = [pool, inline].map(|arm| format!("{arm}: {TOTAL}"));
    let conditions = vec![
        Condition::ratio(done, &late_inline, &late, Want::More, "loop's delay, inline to pool")?,
        Condition::ratio(done, &total, &total_inline, Want::NotMore, "time, pool to inline")?,
    ];
    let figure = |arm: &str| median(done, arm).map(time);
    let (late, late_inline) = (figure(&late)?, figure(&late_inline)?);
    let (total, total_inline) = (figure(&total)?, figure(&total_inline)?);
    let cell = format!("loop {late} late, not {late_inline}; done in {total}");
    let finding = Finding::of(conditions, vec![cell], String::new());
    let answer = match finding.verdict {
        Verdict::Supported => format!("The pool keeps the loop free: {late} late instead of {late_inline}."),
        Verdict::Depends => {
            format!("The loop is {late} late, not {late_inline}; the reads take {total}, not {total_inline}.")
        }
        Verdict::Contradicted => "The pool neither keeps the loop free nor reads as fast.".to_owned(),
        Verdict::Unresolved => "Too close to tell.".to_owned(),
    };
    Ok(Finding { answer, ..finding })
}
