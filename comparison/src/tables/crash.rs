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
    evidence: &["crash.survivors", "crash.timeline"],
    judge: effect,
};

fn effect(report: &[Experiment]) -> Result<Judged, Missing> {
    let crash = find(report, "crash.survivors")?;
    let of = |unit| Survived::of(crash, unit);
    let (process, thread) = (of("process")?, of("thread")?);
    let fatal: Vec<&str> = thread.faults.iter().filter(|(_, alive, _)| *alive == 0).map(|(fault, ..)| *fault).collect();
    let (many, all) = (fatal.len(), thread.faults.len());
    let names = if fatal.is_empty() { "none".to_owned() } else { fatal.join(", ") };
    let end = if many == 1 { "ends" } else { "end" };
    let outlived = process.total();
    let alive = format!("Alive after a process's faults: {}.", process.share());
    let timeline = |fault| timeline(report, fault).unwrap_or_default();
    let stopped = "One that loops for ever was stopped from outside in {process: loop, stopped} processes and \
        {thread: loop, stopped} threads.";
    Ok(Judged {
        verdict: of_facts([process.all(), many > 0]),
        answer: format!(
            "{many} of {all} faults of a thread {end} all the threads of its process ({names}); of a process, the \
             others outlived {outlived}."
        ),
        measured: vec![process.cell(), thread.cell()],
        node: ["node process", "node thread"].into_iter().map(|unit| Ok(of(unit)?.cell())).collect(),
        why: told(report, "crash.survivors", &[&alive, stopped, &timeline("segfault"), &timeline("loop")]),
    })
}

pub(super) const SAFETY: Claim = Claim {
    key: "Isolated execution with crash safety",
    document: &["Process"],
    rule: "A candidate wins when the others survived every fault of every trial. Supported when only the process wins; \
        contradicted when it does not; depends when the thread wins, too.",
    evidence: &["crash.survivors", "crash.timeline", "overhead.create"],
    judge: safety,
};

fn safety(report: &[Experiment]) -> Result<Judged, Missing> {
    let crash = find(report, "crash.survivors")?;
    let of = |unit| Survived::of(crash, unit);
    let (process, thread) = (of("process")?, of("thread")?);
    let in_node = |unit| Ok(of(unit)?.share());
    let node = in_node("node process").and_then(|child| {
        let worker = in_node("node thread")?;
        Ok(vec![format!("others alive after {child} faults of a child, {worker} of a Worker")])
    });
    let alive =
        format!("Others were alive after {} faults in a process, {} in a thread.", process.share(), thread.share());
    let price = "The price: a forked process takes {process: fork / thread} as long to make.";
    let (verdict, winner) = process_or_thread(process.all(), thread.all());
    let (outlived, ended) = (process.total(), thread.total());
    Ok(Judged {
        verdict,
        answer: format!("The others outlived {outlived} faults in a process, and {ended} in a thread."),
        measured: vec![format!("{winner}: others alive after {} faults", process.share())],
        node,
        why: told(report, "overhead.create", &[&alive, &timeline(report, "segfault").unwrap_or_default(), price]),
    })
}

/// The faults of a unit: after how many trials of each the others were alive, and of how many.
struct Survived<'a> {
    faults: Vec<(&'a str, usize, usize)>,
}

impl<'a> Survived<'a> {
    fn of(crash: &'a Experiment, unit: &str) -> Result<Self, Missing> {
        let arms = crash.arms.iter().filter(|arm| arm.unit == OTHERS_ALIVE);
        let arms = arms.filter_map(|arm| Some((arm.name.strip_prefix(unit)?.strip_prefix(": ")?, count(arm))));
        let faults: Vec<_> = arms.map(|(fault, (alive, trials))| (fault, alive, trials)).collect();
        let none = || Missing(format!("crash.survivors has no arm that counts survivors of a {unit}'s faults"));
        if faults.is_empty() { Err(none()) } else { Ok(Self { faults }) }
    }

    fn sum(&self) -> (usize, usize) {
        self.faults.iter().fold((0, 0), |sum, (_, alive, trials)| (sum.0 + alive, sum.1 + trials))
    }

    fn all(&self) -> bool {
        self.sum().0 == self.sum().1
    }

    fn total(&self) -> String {
        format!("{} of {}", self.sum().0, self.sum().1)
    }

    fn share(&self) -> String {
        share(self.sum())
    }

    fn cell(&self) -> String {
        let faults = self.faults.iter().map(|(fault, alive, trials)| format!("{fault} {alive}/{trials}")).join(", ");
        format!("others alive after: {faults}")
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
