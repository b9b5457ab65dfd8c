//! The row "Crashing effect".

use super::assess::{Condition, Holds, find};
use super::trials::crash as arms;
use super::words::of;
use super::{Claim, Finding, Missing, Side, spec};
use crate::measure::samples::Experiment;

pub(super) const SURVIVORS: &str = "crash.survivors";
pub(super) const NODE: &str = "node.crash";

pub(super) const CLAIM: Claim = Claim {
    key: "Crashing effect",
    document: &["Only one process crashes", "Thread crash can affect others"],
    rule: "Two conditions: after every kind of fault in a process the others were alive, in every trial; after some kind \
        of fault in a thread they were lost, in every trial. Each kind is tried in each of three processes.",
    rust: Side { evidence: &[SURVIVORS], judge: |report| judge(find(report, SURVIVORS)?, arms::PROCESS, arms::THREAD) },
    node: Side { evidence: &[NODE], judge: |report| judge(find(report, NODE)?, arms::NODE_PROCESS, arms::NODE_THREAD) },
    experiments: &[
        spec(SURVIVORS, "one thread or process goes wrong: do the others survive?", [2.6, 2.6], arms::survivors),
        spec(NODE, "a Worker or a child of Node.js goes wrong", [3.4, 3.4], arms::in_node),
    ],
};

/// After which kinds of fault the others were alive.
pub(super) struct Faults {
    /// Kinds after which they were alive in every trial, of all kinds.
    pub(super) survived: (usize, usize),
    /// Their names, with the trials where these differ.
    pub(super) names: Vec<String>,
    /// Kinds after which they were lost in every trial.
    lost: usize,
    /// Trials of each kind, at least.
    trials: usize,
}

impl Faults {
    /// Whether the others were alive after every kind. One trial of a kind does not decide against the rest of them.
    pub(super) fn all_survived(&self, unit: &str) -> Condition {
        let holds = match self.survived {
            (survived, all) if survived == all => Holds::Yes,
            _ if self.lost > 0 => Holds::No,
            _ => Holds::Unclear,
        };
        let text = format!("{unit}: others alive after {} kinds of fault, lost after {}", of(self.survived), self.lost);
        Condition { holds, text, ratio: None }
    }
}

/// Kinds of fault are no exchangeable trials: each is counted by itself.
pub(super) fn faults(done: &Experiment, prefix: &str) -> Result<Faults, Missing> {
    let (mut survived, mut all, mut lost, mut names, mut trials) = (0, 0, 0, Vec::new(), usize::MAX);
    for arm in done.arms.iter().filter(|arm| arm.name.starts_with(prefix)) {
        let (alive, count) = (arm.samples().filter(|alive| *alive == 1.0).count(), arm.count());
        let name = &arm.name[prefix.len()..];
        all += 1;
        survived += usize::from(alive == count);
        lost += usize::from(alive == 0);
        trials = trials.min(count);
        match alive {
            alive if alive == count => names.push(name.to_owned()),
            0 => {}
            alive => names.push(format!("{name} in {}", of((alive, count)))),
        }
    }
    if all == 0 {
        return Err(Missing(format!("{} has no faults of a {}", done.id, prefix.trim_end_matches([':', ' ']))));
    }
    Ok(Faults { survived: (survived, all), names, lost, trials })
}

fn judge(done: &Experiment, process: &str, thread: &str) -> Result<Finding, Missing> {
    let (process, thread) = (faults(done, process)?, faults(done, thread)?);
    let conditions = vec![process.all_survived("process"), thread.all_survived("thread").negated()];
    let kinds = |faults: &Faults| format!("others alive after {} kinds of fault", of(faults.survived));
    let cells = vec![kinds(&process), format!("{} ({})", kinds(&thread), thread.names.join(", "))];
    let answer = format!(
        "The others were alive after {} kinds of fault in a process, and after {} in a thread ({} trials of each kind).",
        of(process.survived),
        of(thread.survived),
        process.trials.min(thread.trials)
    );
    Ok(Finding::of(conditions, cells, answer))
}
