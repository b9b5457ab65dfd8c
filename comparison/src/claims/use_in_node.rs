//! The row "Use in Node.js".

use super::assess::{Condition, find, trials};
use super::child_processes::PROCESSES;
use super::event_loop::NODE;
use super::trials::architecture as arms;
use super::words::of;
use super::worker_threads::WORKERS;
use super::{Claim, Finding, Missing, Side};
use crate::measure::samples::Experiment;

pub(super) const CLAIM: Claim = Claim {
    key: "Use in Node.js",
    document: &["`child_process` module", "`worker_threads` module"],
    rule: "Conditions: two children that the process module starts and their starter have three process ids; two workers \
        that the thread module starts have the starter's process id, and thread ids that differ. A condition holds when \
        nine of ten trials show it.",
    rust: Side { evidence: &[PROCESSES, WORKERS], judge: |report| judge(report, [PROCESSES, WORKERS], "") },
    node: Side { evidence: &[NODE], judge: |report| judge(report, [NODE, NODE], arms::NODE) },
    experiments: &[],
};

fn judge(report: &[Experiment], [processes, workers]: [&str; 2], whose: &str) -> Result<Finding, Missing> {
    let (processes, workers) = (find(report, processes)?, find(report, workers)?);
    let count = |done, arm, ids: f64| trials(done, &format!("{whose}{arm}"), |count| count == ids);
    let child = count(processes, arms::FAMILY, 3.0)?;
    let inside = count(workers, arms::PROCESS_IDS, 1.0)?;
    let thread = count(workers, arms::THREAD_IDS, 3.0)?;
    let conditions = vec![
        Condition::trials(child.0, child.1, format!("a child is another process in {}", of(child))),
        Condition::trials(inside.0, inside.1, format!("a worker is in the same process in {}", of(inside))),
        Condition::trials(thread.0, thread.1, format!("a worker is another thread in {}", of(thread))),
    ];
    let both = of((inside.0.min(thread.0), thread.1));
    let cells = vec![format!("another process in {}", of(child)), format!("same process, own thread: {both}")];
    let child = of(child);
    let answer = format!("A child was another process in {child} trials; a worker only a thread in {both}.");
    Ok(Finding::of(conditions, cells, answer))
}
