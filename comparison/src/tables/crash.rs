//! Two rows of faults: who survives whose, and what safety from them costs.

use itertools::Itertools;

use super::when_to_use::process_or_thread;
use super::{Claim, Judged, count, figures, share, told};
use crate::experiments::crash::OTHERS_ALIVE;
use crate::report::Experiment;
use crate::verdict::{Missing, arm, find, of_facts};

pub(super) const EFFECT: Claim = Claim {
    key: "Crashing effect",
    document: &["Only one process crashes", "Thread crash can affect others"],
    rule: "Supported when the others survive every fault of a process in every trial, and are lost in every \
        trial of at least one fault of a thread; contradicted when neither holds; else it depends.",
    decided_by: &["crash.survivors"],
    beside: &["crash.timeline"],
    judge: effect,
};

const POISONED: &str =
    "A lock that a thread holds when it panics is poisoned in {thread: panic, a lock held is poisoned} trials.";

fn effect(report: &[Experiment]) -> Result<Judged, Missing> {
    let crash = find(report, "crash.survivors")?;
    let of = |unit| Survived::of(crash, unit);
    let (Survived { always, total, share, by_fault, .. }, thread) = (of("process")?, of("thread")?);
    let (many, all) = (thread.fatal.len(), thread.faults);
    let names = if many == 0 { "none".to_owned() } else { thread.fatal.join(", ") };
    let end = if many == 1 { "ends" } else { "end" };
    let alive = format!("Alive after a process's faults: {share}.");
    let timeline = |fault| timeline(report, fault).unwrap_or_default();
    let stopped = "A process that loops for ever was stopped from outside in {process: loop, stopped} trials; a \
        thread, for which there is no such call, ended in {thread: loop, stopped}.";
    let in_node = [of("node process"), of("node thread")].into_iter();
    Ok(Judged {
        verdict: of_facts([always, many > 0]),
        answer: format!(
            "{many} of {all} faults of a thread {end} all the threads of its process ({names}); of a process, the \
             others outlived {total}."
        ),
        measured: vec![by_fault, thread.by_fault],
        node: in_node.map(|unit| Ok(unit?.by_fault)).collect(),
        why: told(report, "crash.survivors", &[&alive, stopped, POISONED, &timeline("segfault"), &timeline("loop")]),
    })
}

pub(super) const SAFETY: Claim = Claim {
    key: "Isolated execution with crash safety",
    document: &["Process"],
    rule: "A candidate wins when the others survived every fault of every trial. Supported when only the process wins; \
        contradicted when it does not; depends when the thread wins, too.",
    decided_by: &["crash.survivors"],
    beside: &["crash.timeline", "overhead.create"],
    judge: safety,
};

fn safety(report: &[Experiment]) -> Result<Judged, Missing> {
    let crash = find(report, "crash.survivors")?;
    let of = |unit| Survived::of(crash, unit);
    let (Survived { always, total, share, .. }, thread) = (of("process")?, of("thread")?);
    let node = of("node process").and_then(|child| Ok((child.share, of("node thread")?.share)));
    let node =
        node.map(|(child, worker)| vec![format!("others alive after {child} faults of a child, {worker} of a Worker")]);
    let alive = format!("Others were alive after {share} faults in a process, {} in a thread.", thread.share);
    let price = "The price: a forked process takes {process: fork / thread} as long to make.";
    let (verdict, winner) = process_or_thread(always, thread.always);
    Ok(Judged {
        verdict,
        answer: format!("The others outlived {total} faults in a process, and {} in a thread.", thread.total),
        measured: vec![format!(
            "{winner}: others alive after {share} faults of a process, {} of a thread",
            thread.share
        )],
        node,
        why: told(report, "overhead.create", &[&alive, &timeline(report, "segfault").unwrap_or_default(), price]),
    })
}

/// Whether, and after how many trials of a unit's faults, the others were alive.
struct Survived<'a> {
    always: bool,
    total: String,
    /// With its interval.
    share: String,
    by_fault: String,
    faults: usize,
    /// The faults that nobody else ever survived.
    fatal: Vec<&'a str>,
}

impl<'a> Survived<'a> {
    fn of(crash: &'a Experiment, unit: &str) -> Result<Self, Missing> {
        let arms = crash.arms.iter().filter(|arm| arm.unit == OTHERS_ALIVE);
        let arms = arms.filter_map(|arm| Some((arm.name.strip_prefix(unit)?.strip_prefix(": ")?, count(arm))));
        let faults = arms.collect_vec();
        if faults.is_empty() {
            return Err(Missing(format!("crash.survivors has no arm that counts survivors of a {unit}'s faults")));
        }
        let (alive, trials) = faults.iter().fold((0, 0), |sum, (_, of)| (sum.0 + of.0, sum.1 + of.1));
        let by_fault = faults.iter().map(|(fault, (alive, trials))| format!("{fault} {alive}/{trials}")).join(", ");
        Ok(Self {
            always: alive == trials,
            total: format!("{alive} of {trials}"),
            share: share((alive, trials)),
            by_fault: format!("others alive after: {by_fault}"),
            faults: faults.len(),
            fatal: faults.iter().filter(|(_, (alive, _))| *alive == 0).map(|(fault, _)| *fault).collect(),
        })
    }
}

/// What a fault cost those who asked the victim's sibling, and how soon a supervisor had replaced the victim.
fn timeline(report: &[Experiment], fault: &str) -> Result<String, Missing> {
    let timeline = find(report, "crash.timeline")?;
    let of = |unit: &str| {
        let moments = |kind| arm(timeline, &format!("{unit}: {fault}: {kind}"));
        let began = moments("fault")?;
        let after = |kind| Ok(figures((moments(kind)?.median - began.median).max(0.0)));
        let lost = moments("lost").map_or(0, |lost| lost.samples.len()); // without one, there is no such arm
        let lost = figures(lost as f64 / began.samples.len() as f64);
        let (seen, repaired) = (after("detected")?, after("repaired")?);
        Ok(format!("{lost} requests lost, seen after {seen} ms, repaired after {repaired} ms"))
    };
    Ok(format!("Beside a {fault} in a thread: {}; in a process: {}.", of("thread")?, of("process")?))
}
