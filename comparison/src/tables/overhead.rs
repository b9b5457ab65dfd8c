//! The row "Overhead": what a unit costs to start and to end, and in memory.

use super::{Claim, Judged, brief, tell, told};
use crate::report::{Experiment, Verdict};
use crate::verdict::{Missing, compare, find, noise, of_parts, ratio};

pub(super) const ROW: Claim = Claim {
    key: "Overhead",
    document: &["Higher", "Lower"],
    rule: "Started and ended on one CPU; two ratios to a thread: of a forked copy, of a spawned program. \
        Supported when both take clearly more; contradicted when neither does; depends when one does; \
        unresolved when one is unclear.",
    decided_by: &[CREATE],
    beside: &["overhead.phases", "overhead.by_parent", "overhead.context_switch", "memory.per_unit"],
    judge,
};

const CREATE: &str = "overhead.create";

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let create = find(report, CREATE)?;
    let fork = ratio(create, ["process: fork", "thread"])?;
    let program = ratio(create, ["process: spawned program", "thread"])?;
    let verdict = of_parts(&[fork, program].map(|ratio| compare(ratio, noise(create))));
    let (to_program, to_fork) = (brief(program.median), brief(fork.median));
    let figures = format!("in a thread's time a spawned program takes {to_program}, a forked copy {to_fork}");
    let answer = match verdict {
        Verdict::Supported => format!(
            "A thread is started and ended {to_program} faster than a spawned program, {to_fork} faster than a copy."
        ),
        Verdict::Contradicted => format!("A process costs no more than a thread: {figures}."),
        Verdict::Depends => format!("It depends on the process: {figures}."),
        Verdict::Unresolved => format!("Too close to tell: {figures}."),
    };
    let cell = |words: &str, unit: &str| {
        let idle = tell(report, "memory.per_unit", &format!(", {{{unit}}} idle")).unwrap_or_default();
        Ok(tell(report, CREATE, &format!("{words}{{{unit}}}"))? + &idle)
    };
    let spawned = tell(report, CREATE, "spawned program (true) {process: spawned program}")?;
    let idle = tell(report, "memory.per_unit", "; one of ours {process: own program} idle").unwrap_or_default();
    let node = [("fork ", "node process: fork"), ("Worker ", "node thread: Worker")];
    Ok(Judged {
        verdict,
        answer,
        measured: vec![format!("{}; {spawned}{idle}", cell("fork ", "process: fork")?), cell("", "thread")?],
        node: node.into_iter().map(|(words, unit)| cell(words, unit)).collect(),
        why: told(report, CREATE, &WHY),
    })
}

const WHY: [&str; 5] = [
    "Started and ended, in a thread's time: a forked copy {process: fork / thread}, a spawned program \
     {process: spawned program / thread}.",
    "One that copies no memory and runs no program (vfork): {process: vfork / thread}.",
    "A fork of a parent with 1 MiB takes {overhead.by_parent.1MiB.small_pages | process: fork}, with 256 MiB in \
     small pages {overhead.by_parent.256MiB.small_pages | process: fork}, in huge ones \
     {overhead.by_parent.256MiB.huge_pages | process: fork}.",
    "Created, first answer, ended: thread {overhead.phases | thread: create}, {overhead.phases | thread: first message}, \
     {overhead.phases | thread: end}; fork {overhead.phases | process: fork: create}, \
     {overhead.phases | process: fork: first message}, {overhead.phases | process: fork: end}; program of ours \
     {overhead.phases | process: own program: create}, {overhead.phases | process: own program: first message}, \
     {overhead.phases | process: own program: end}.",
    "A switch between threads takes {overhead.context_switch | thread}, \
     {overhead.context_switch | the same two calls, without a switch} of them for its two calls; between processes \
     {overhead.context_switch | process / thread} of that.",
];
