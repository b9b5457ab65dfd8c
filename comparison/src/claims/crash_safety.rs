//! The row "Isolated execution with crash safety".

use super::assess::{Condition, find};
use super::crashing_effect::{NODE, SURVIVORS, faults};
use super::trials::crash as arms;
use super::words::of;
use super::{Claim, Finding, Missing, Side};
use crate::measure::samples::Experiment;

pub(super) const CLAIM: Claim = Claim {
    key: "Isolated execution with crash safety",
    document: &["Process"],
    rule: "Two conditions: after every kind of fault in a process the others were alive, in every trial; with a thread \
        they were alive after fewer kinds.",
    rust: Side { evidence: &[SURVIVORS], judge: |report| judge(find(report, SURVIVORS)?, arms::PROCESS, arms::THREAD) },
    node: Side { evidence: &[NODE], judge: |report| judge(find(report, NODE)?, arms::NODE_PROCESS, arms::NODE_THREAD) },
    experiments: &[],
};

fn judge(done: &Experiment, process: &str, thread: &str) -> Result<Finding, Missing> {
    let (process, thread) = (faults(done, process)?, faults(done, thread)?);
    let all = process.all_survived("process");
    let (process, thread) = (process.survived, thread.survived);
    let fewer = format!("thread: others alive after {} kinds of fault", of(thread));
    let conditions = vec![all, Condition::fact(process.0 * thread.1 > thread.0 * process.1, fewer)];
    let cell = format!("others alive after {} faults; thread: {}", of(process), of(thread));
    let answer = format!("A process contains {} kinds of fault, a thread {}.", of(process), of(thread));
    Ok(Finding::of(conditions, vec![cell], answer))
}
