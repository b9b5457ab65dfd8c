//! The row "Worker Threads".

use super::assess::{counted, find, median};
use super::event_loop::NODE;
use super::trials::architecture::{self as arms, IN_NODE};
use super::{Claim, Finding, Missing, Side, rust};
use crate::measure::samples::Experiment;

const WORKERS: &str = "architecture.workers";

pub(super) const CLAIM: Claim = Claim {
    key: "Worker Threads",
    document: &["Optional multi-threaded JS execution"],
    rule: "Three conditions: two workers add two threads (so without them there are none: optional); they and their \
        starter have three thread ids; and one process id. Supported when all hold, contradicted when none does, else \
        it depends. A condition holds when nine of ten trials show it.",
    rust: Side { evidence: &[WORKERS], judge: in_rust },
    node: Side { evidence: &[NODE], judge: in_node },
    experiments: &[rust(WORKERS, "how many threads do two workers add?", [0.1, 0.2], arms::workers)],
};

fn in_rust(report: &[Experiment]) -> Result<Finding, Missing> {
    let done = find(report, WORKERS)?;
    let without = median(done, arms::WITHOUT)?;
    judge(done, [arms::WITH_TWO, arms::THREAD_IDS, arms::PROCESS_IDS], without)
}

fn in_node(report: &[Experiment]) -> Result<Finding, Missing> {
    judge(find(report, NODE)?, [IN_NODE[6], IN_NODE[7], IN_NODE[8]], 0.0)
}

/// `without`: how many threads are counted without a worker.
fn judge(done: &Experiment, [threads, tids, pids]: [&str; 3], without: f64) -> Result<Finding, Missing> {
    let conditions = vec![
        counted(done, threads, |count| count == without + 2.0, "two workers added 2 threads")?,
        counted(done, tids, |count| count == 3.0, "three thread ids")?,
        counted(done, pids, |count| count == 1.0, "one process id")?,
    ];
    let (added, pids) = (median(done, threads)? - without, median(done, pids)?);
    let cell =
        format!("two workers added {added} threads, all in {pids} process{}", if pids == 1.0 { "" } else { "es" });
    let answer = format!("Two workers are {added} more threads of the same process; without them there are none.");
    Ok(Finding::of(conditions, vec![cell], answer))
}
