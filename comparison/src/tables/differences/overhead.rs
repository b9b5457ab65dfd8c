//! The row "Overhead": what a unit costs to start and to end, and in memory.

use crate::report::{Experiment, Verdict};
use crate::tables::{Claim, Judged, brief, memory, time, times};
use crate::verdict::{Compared, Missing, arm, compare, find, noise, ratio};

pub(super) const ROW: Claim = Claim {
    key: "Overhead",
    document: &["Higher", "Lower"],
    rule: "Started and ended on one CPU; two ratios to a thread: of a forked copy, of a spawned program. \
        Supported when both take clearly more; contradicted when neither does; depends when one does; \
        unresolved when one is unclear.",
    evidence: &[
        "overhead.create",
        "overhead.phases",
        "overhead.by_parent.1MiB.small_pages",
        "overhead.by_parent.64MiB.small_pages",
        "overhead.by_parent.64MiB.huge_pages",
        "overhead.by_parent.256MiB.small_pages",
        "overhead.by_parent.256MiB.huge_pages",
        "overhead.by_parent.1GiB.small_pages",
        "overhead.by_parent.1GiB.huge_pages",
        "overhead.context_switch",
        "memory.per_unit",
    ],
    judge,
};

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let create = find(report, "overhead.create")?;
    let noise = noise(create);
    let fork = ratio(create, ["process: fork", "thread"])?;
    let program = ratio(create, ["process: spawned program", "thread"])?;
    let (fork_is, program_is) = (compare(fork, noise), compare(program, noise));
    let verdict = match (fork_is, program_is) {
        (Compared::More, Compared::More) => Verdict::Supported,
        (Compared::Unclear, _) | (_, Compared::Unclear) => Verdict::Unresolved,
        (Compared::More, _) | (_, Compared::More) => Verdict::Depends,
        _ => Verdict::Contradicted,
    };
    let (to_program, to_fork) = (brief(program.median), brief(fork.median));
    let figures = format!("in a thread's time a spawned program takes {to_program}, a forked copy {to_fork}");
    let answer = match verdict {
        Verdict::Supported => {
            format!(
                "A thread is started and ended {to_program} faster than a spawned program, {to_fork} faster than a copy."
            )
        }
        Verdict::Contradicted => format!("A process costs no more than a thread: {figures}."),
        Verdict::Depends => format!("It depends on the process: {figures}."),
        Verdict::Unresolved => format!("Too close to tell: {figures}."),
    };
    let cell = |units: &[(&str, &str)]| {
        let units = units.iter().filter_map(|(unit, words)| Some((create.arm(unit)?, unit, words)));
        let units = units.map(|(arm, unit, words)| format!("{words}{}{}", time(arm.median), idle(report, unit)));
        units.collect::<Vec<_>>().join("; ")
    };
    let node = [cell(&[("node process: fork", "fork ")]), cell(&[("node thread: Worker", "Worker ")])];
    let mut why = format!(
        "Started and ended, in a thread's time: a forked copy {}, a spawned program {}.",
        times(fork),
        times(program)
    );
    let rest = [borrowed(create), first_message(report), parents(report), switches(report)];
    rest.into_iter().flatten().for_each(|sentence| why += &sentence);
    Ok(Judged {
        answer,
        measured: vec![
            cell(&[("process: fork", "fork "), ("process: spawned program", "spawned program ")]),
            cell(&[("thread", "")]),
        ],
        node: node.into_iter().filter(|cell| !cell.is_empty()).collect(),
        verdict,
        why,
    })
}

/// What one more of such a unit takes while it is idle.
fn idle(report: &[Experiment], unit: &str) -> String {
    let unit = if unit == "process: spawned program" { "process: own program" } else { unit };
    let pss = find(report, "memory.per_unit").ok().and_then(|units| units.arm(unit));
    pss.map(|arm| format!(", {} idle", memory(arm.median))).unwrap_or_default()
}

/// A process is not dear by itself, if one that copies nothing is not.
fn borrowed(create: &Experiment) -> Option<String> {
    let vfork = create.ratio(["process: vfork", "thread"])?;
    let not_more = matches!(compare(vfork, noise(create)), Compared::Same | Compared::Less);
    let so = if not_more { ": what costs is copying and exec, not that it is a process" } else { "" };
    Some(format!(" One that borrows its parent's memory and runs no program (vfork) {}{so}.", times(vfork)))
}

fn first_message(report: &[Experiment]) -> Option<String> {
    let phases = find(report, "overhead.phases").ok()?;
    let until = |unit: &str| {
        let median = |phase| arm(phases, &format!("{unit}: {phase}")).map(|arm| arm.median);
        Some(time(median("create").ok()? + median("first message").ok()?))
    };
    Some(format!(
        " Until a first message is answered: thread {}, fork {}, own program {}.",
        until("thread")?,
        until("process: fork")?,
        until("process: own program")?
    ))
}

/// How a fork grows with its parent.
fn parents(report: &[Experiment]) -> Option<String> {
    let fork = |size: &str, pages: &str| {
        let experiment = find(report, &format!("overhead.by_parent.{size}.{pages}_pages")).ok()?;
        Some(arm(experiment, "process: fork").ok()?.median)
    };
    let small = fork("1MiB", "small")?;
    let sizes = [("1GiB", "1 GiB"), ("256MiB", "256 MiB"), ("64MiB", "64 MiB")];
    let (large, words, most) = sizes.iter().find_map(|(size, words)| Some((size, words, fork(size, "small")?)))?;
    let huge = fork(large, "huge").map(|fork| format!(", in huge ones {}", time(fork))).unwrap_or_default();
    Some(format!(
        " A fork of a parent with 1 MiB takes {}, with {words} in small pages {}{huge}.",
        time(small),
        time(most)
    ))
}

fn switches(report: &[Experiment]) -> Option<String> {
    let experiment = find(report, "overhead.context_switch").ok()?;
    let switch = ratio(experiment, ["process", "thread"]).ok()?;
    let thread = time(arm(experiment, "thread").ok()?.median);
    Some(format!(" A switch between threads takes {thread}, between processes {} of that.", times(switch)))
}
