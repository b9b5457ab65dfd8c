//! The row "Worker Threads".

use super::assess::{counted, find, median};
use super::event_loop::NODE;
use super::trials::architecture as arms;
use super::{Claim, Finding, Missing, Side, spec};
use crate::measure::samples::Experiment;

pub(super) const WORKERS: &str = "architecture.workers";

pub(super) const CLAIM: Claim = Claim {
    key: "Worker Threads",
    document: &["Optional multi-threaded JS execution"],
    rule: "Three conditions: two workers add two threads (so without them there are none: optional); they and their \
        starter have three thread ids; and one process id. A condition holds when nine of ten trials show it.",
    rust: Side { evidence: &[WORKERS], judge: |report| judge(find(report, WORKERS)?, "") },
    node: Side { evidence: &[NODE], judge: |report| judge(find(report, NODE)?, arms::NODE) },
    experiments: &[spec(WORKERS, "how many threads do two workers add?", [0.1, 0.2], arms::workers)],
};

fn judge(done: &Experiment, whose: &str) -> Result<Finding, Missing> {
    let [added, tids, pids] = [arms::ADDED, arms::THREAD_IDS, arms::PROCESS_IDS].map(|arm| format!("{whose}{arm}"));
    let conditions = vec![
        counted(done, &added, |count| count == 2.0, "two workers added 2 threads")?,
        counted(done, &tids, |count| count == 3.0, "three thread ids")?,
        counted(done, &pids, |count| count == 1.0, "one process id")?,
    ];
    let (added, pids) = (median(done, &added)?, median(done, &pids)?);
    let plural = if pids == 1.0 { "" } else { "es" };
    let cell = format!("two workers added {added} threads, all in {pids} process{plural}");
    let answer = format!("Two workers added {added} threads; with their starter they are {pids} process{plural}.");
    Ok(Finding::of(conditions, vec![cell], answer))
}
