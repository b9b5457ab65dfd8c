//! The row "Crashing effect": who survives whose fault.

use crate::experiments::crash::OTHERS_ALIVE;
use crate::report::{Experiment, Verdict};
use crate::tables::{Claim, Judged, count};
use crate::verdict::{Missing, arm, find};

pub(super) const ROW: Claim = Claim {
    key: "Crashing effect",
    document: &["Only one process crashes", "Thread crash can affect others"],
    rule: "Supported when the others survive every fault of a process in every trial, and are lost in every \
        trial of at least one fault of a thread; contradicted when neither holds; else it depends.",
    evidence: &["crash.survivors"],
    judge,
};

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let crash = find(report, "crash.survivors")?;
    let survived = |boundary: &str| -> Vec<(&str, usize, usize)> {
        let arms = crash.arms.iter().filter(|arm| arm.unit == OTHERS_ALIVE);
        let arms = arms.filter_map(|arm| Some((arm.name.strip_prefix(boundary)?.strip_prefix(": ")?, arm)));
        arms.map(|(fault, arm)| (fault, count(arm).0, count(arm).1)).collect()
    };
    let (process, thread) = (survived("process"), survived("thread"));
    if process.is_empty() || thread.is_empty() {
        return Err(Missing("crash.survivors has no arm that counts survivors".to_owned()));
    }
    let isolated = process.iter().all(|(_, alive, trials)| alive == trials);
    let spreads = thread.iter().any(|(_, alive, _)| *alive == 0);
    let verdict = match (isolated, spreads) {
        (true, true) => Verdict::Supported,
        (false, false) => Verdict::Contradicted,
        _ => Verdict::Depends,
    };
    let cell = |rows: &[(&str, usize, usize)]| {
        let faults: Vec<String> =
            rows.iter().map(|(fault, alive, trials)| format!("{fault} {alive}/{trials}")).collect();
        format!("others alive after: {}", faults.join(", "))
    };
    let stopped = |name| arm(crash, name).map(count);
    let (thread_stopped, process_stopped) = (stopped("thread: loop, stopped")?, stopped("process: loop, stopped")?);
    Ok(Judged {
        answer: String::new(),
        node: Vec::new(),
        measured: vec![cell(&process), cell(&thread)],
        verdict,
        why: format!(
            "A unit that loops for ever was stopped from outside in {} of {} processes and {} of {} threads.",
            process_stopped.0, process_stopped.1, thread_stopped.0, thread_stopped.1
        ),
    })
}
