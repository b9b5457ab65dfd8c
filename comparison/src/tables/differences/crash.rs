//! The row "Crashing effect": who survives whose fault, and who is served meanwhile.

use crate::experiments::crash::OTHERS_ALIVE;
use crate::report::{Experiment, Verdict};
use crate::tables::{Claim, Judged, count, figures, share};
use crate::verdict::{Missing, arm, find};

pub(super) const ROW: Claim = Claim {
    key: "Crashing effect",
    document: &["Only one process crashes", "Thread crash can affect others"],
    rule: "Supported when the others survive every fault of a process in every trial, and are lost in every \
        trial of at least one fault of a thread; contradicted when neither holds; else it depends.",
    evidence: &["crash.survivors", "crash.timeline"],
    judge,
};

/// Each fault of a unit: in how many trials the others were alive afterwards, and of how many.
pub(in crate::tables) fn survived<'a>(crash: &'a Experiment, unit: &str) -> Vec<(&'a str, usize, usize)> {
    let arms = crash.arms.iter().filter(|arm| arm.unit == OTHERS_ALIVE);
    let arms = arms.filter_map(|arm| Some((arm.name.strip_prefix(unit)?.strip_prefix(": ")?, arm)));
    arms.map(|(fault, arm)| (fault, count(arm).0, count(arm).1)).collect()
}

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let crash = find(report, "crash.survivors")?;
    let (process, thread) = (survived(crash, "process"), survived(crash, "thread"));
    if process.is_empty() || thread.is_empty() {
        return Err(Missing("crash.survivors has no arm that counts survivors".to_owned()));
    }
    let fatal: Vec<&str> = thread.iter().filter(|(_, alive, _)| *alive == 0).map(|(fault, ..)| *fault).collect();
    let all = process.iter().fold((0, 0), |all, (_, alive, trials)| (all.0 + alive, all.1 + trials));
    let verdict = match (all.0 == all.1, !fatal.is_empty()) {
        (true, true) => Verdict::Supported,
        (false, false) => Verdict::Contradicted,
        _ => Verdict::Depends,
    };
    let cell = |rows: &[(&str, usize, usize)]| {
        let faults: Vec<String> =
            rows.iter().map(|(fault, alive, trials)| format!("{fault} {alive}/{trials}")).collect();
        format!("others alive after: {}", faults.join(", "))
    };
    let node = [survived(crash, "node process"), survived(crash, "node thread")];
    let stopped = |name| arm(crash, name).map(count);
    let (thread_stopped, process_stopped) = (stopped("thread: loop, stopped")?, stopped("process: loop, stopped")?);
    Ok(Judged {
        answer: format!(
            "{} of {} faults of a thread end{} all the threads of its process{}; of a process, the others outlived {} of \
             {}.",
            fatal.len(),
            thread.len(),
            if fatal.len() == 1 { "s" } else { "" },
            if fatal.is_empty() { String::new() } else { format!(" ({})", fatal.join(", ")) },
            all.0,
            all.1
        ),
        node: if node.iter().any(Vec::is_empty) { Vec::new() } else { node.iter().map(|rows| cell(rows)).collect() },
        measured: vec![cell(&process), cell(&thread)],
        verdict,
        why: format!(
            "Alive after a process's faults: {}. One that loops for ever was stopped from outside in {} of {} processes \
             and {} of {} threads.{}",
            share(all),
            process_stopped.0,
            process_stopped.1,
            thread_stopped.0,
            thread_stopped.1,
            ["segfault", "loop"].map(|fault| timeline(report, fault).unwrap_or_default()).concat()
        ),
    })
}

/// What a fault cost those who asked the victim's sibling, and how soon a supervisor had replaced the victim.
pub(in crate::tables) fn timeline(report: &[Experiment], fault: &str) -> Result<String, Missing> {
    let timeline = find(report, "crash.timeline")?;
    let of = |unit: &str| {
        let moments = |kind| arm(timeline, &format!("{unit}: {fault}: {kind}"));
        let after_fault = |kind| Ok(figures((moments(kind)?.median - moments("fault")?.median).max(0.0)));
        let lost = moments("lost").map_or(0, |lost| lost.samples.len()); // without one, there is no such arm
        Ok(format!(
            "{} requests lost, seen after {} ms, repaired after {} ms",
            figures(lost as f64 / moments("fault")?.samples.len() as f64),
            after_fault("detected")?,
            after_fault("repaired")?
        ))
    };
    Ok(format!(" Beside a {fault} in a thread: {}; in a process: {}.", of("thread")?, of("process")?))
}
