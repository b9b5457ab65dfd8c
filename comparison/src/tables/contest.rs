//! Two rows that are contests: who keeps the loop free, and who of them is done first?

use itertools::Itertools;

use super::break_even::break_even;
use super::{Claim, Judged, median, tell, time, told};
use crate::report::Experiment;
use crate::report::Verdict::{Contradicted, Depends, Supported, Unresolved};
use crate::verdict::{Compared, Missing, compare, find, noise};

const RULE: &str = "Candidates: the loop itself (inline), a thread a job, a process a job, a pool of four. \
    One qualifies when the loop is clearly less late than with the work inline. Supported when the document's choice \
    qualifies and takes clearly less time than every other that does; depends when it takes the same as some and less \
    than the rest; contradicted when one takes clearly less than it, or others qualify and it does not; unresolved \
    when a comparison of it is unclear, or nobody qualifies.";

pub(super) const CPU_INTENSIVE: Claim = Claim {
    key: "CPU-intensive operations",
    document: &["`worker_threads`"],
    rule: RULE,
    decided_by: &["loop_delay.10ms"],
    beside: &["loop_delay"], // from which size on
    judge: |report| {
        let judged = contest(report, "loop_delay.10ms", "thread")?;
        let why = told(report, "", &[&judged.why, &worth(report).unwrap_or_default()]);
        Ok(Judged { why, ..judged })
    },
};

pub(super) const FILE_IO: Claim = Claim {
    key: "Parallel file I/O or background tasks",
    document: &["Thread pool (auto)"],
    rule: RULE,
    decided_by: &["scenario.file_io"],
    beside: &["files.read.warm", "files.read.cold"],
    judge: |report| {
        let judged = contest(report, "scenario.file_io", "pool")?;
        let warm = "Without a loop, from the page cache: one after another takes \
            {files.read.warm | serial / thread: pool of 4} the time of a pool of 4.";
        let cold = "From the disk: {files.read.cold | serial / thread: pool of 4}.";
        Ok(Judged { why: told(report, "", &[&judged.why, warm, cold]), ..judged })
    },
};

/// Node's arms in words. Its Workers and children are there before the clock starts: to start one takes longer than such
/// a job.
const IN_NODE: [(&str, &str); 4] = [
    ("node inline", "inline"),
    ("node thread", "a Worker that waits"),
    ("node process", "a child that waits"),
    ("node pool", "pool"),
];

/// Judges the experiment `id`, where the document chooses `choice`.
fn contest(report: &[Experiment], id: &str, choice: &str) -> Result<Judged, Missing> {
    let contest = find(report, id)?;
    let total = |name: &str| tell(report, id, &format!("{{{name}: total}}"));
    let late = |name: &str| tell(report, id, &format!("{{{name}: loop delay}}"));
    let freer = |name: &str| versus(contest, &format!("{name}: loop delay"), "inline: loop delay");
    let mut free = Vec::new();
    for name in ["thread", "process", "pool"] {
        if freer(name)? == Compared::Less {
            let against = |choice| versus(contest, &format!("{choice}: total"), &format!("{name}: total"));
            let rival = if name == choice { None } else { Some(against(choice)?) };
            free.push((median(report, id, &format!("{name}: total"))?, name, rival));
        }
    }
    free.sort_by(|a, b| a.0.total_cmp(&b.0));
    let who = |is| free.iter().filter(|(.., rival)| *rival == Some(is)).map(|(_, name, _)| *name).join(" or the ");
    let (faster, same, unclear) = (who(Compared::More), who(Compared::Same), who(Compared::Unclear));
    let took = total(choice)?;
    let (verdict, so) = match freer(choice)? {
        _ if free.is_empty() => (Unresolved, ": nobody kept it clearly freer than the work inline".to_owned()),
        Compared::Unclear => (Unresolved, ": that is within the noise".to_owned()),
        Compared::More | Compared::Same => (Contradicted, ": it does not keep it free".to_owned()),
        _ if !faster.is_empty() => (Contradicted, format!(", but the {faster} is sooner done than its {took}")),
        _ if !unclear.is_empty() => {
            (Unresolved, format!("; whether it is sooner done than the {unclear} is within the noise"))
        }
        _ if !same.is_empty() => (Depends, format!(", and the {same} does as well")),
        _ if free.len() == 1 => {
            (Supported, format!(", and nobody else keeps it free; done in {took}, inline in {}", total("inline")?))
        }
        _ => (Supported, format!(", and it is sooner done ({took}) than all who do as well")),
    };
    let cell = match free.iter().map(|(ns, name, _)| format!("{name} {}", time(*ns))).join(", ") {
        free if free.is_empty() => "none kept the loop clearly freer than the work inline".to_owned(),
        free => format!("the loop stays free with {free}"),
    };
    let job = |(arm, words): (&str, &str)| {
        let text = format!("{words} {{{arm}: total}}, loop late by {{{arm}: loop delay}}");
        tell(report, id, &text).ok()
    };
    let jobs = ["inline", "thread", "process", "pool"].map(|name| (name, name)).into_iter().filter_map(job).join("; ");
    let in_node = Some(IN_NODE.into_iter().filter_map(job).join("; ")).filter(|jobs| !jobs.is_empty());
    Ok(Judged {
        verdict,
        answer: format!("With the {choice} the loop is {} late instead of {}{so}.", late(choice)?, late("inline")?),
        measured: vec![cell],
        node: Ok(in_node.into_iter().collect()),
        why: format!("All jobs: {jobs}."),
    })
}

/// How two arms compare, whichever way round the experiment has their ratio.
fn versus(contest: &Experiment, above: &str, below: &str) -> Result<Compared, Missing> {
    let direct = contest.ratio([above, below]).cloned();
    let ratio = direct.or_else(|| Some(contest.ratio([below, above])?.turned()));
    let missing = || Missing(format!("{} has no ratio of '{above}' and '{below}'", contest.id));
    Ok(compare(&ratio.ok_or_else(missing)?, noise(contest)))
}

/// From which size of a task on each candidate is worth it.
fn worth(report: &[Experiment]) -> Option<String> {
    const NAMES: [&str; 3] = ["thread", "pool", "process"];
    let from = |what| {
        let of = |name| Some(format!("{} {name}", break_even(report, name, what)?));
        Some(NAMES.into_iter().filter_map(of).join(", ")).filter(|all| !all.is_empty())
    };
    let (sooner, freer) = (from("total")?, from("loop delay")?);
    // The least for all, if there is one for each.
    let sizes: Option<Vec<f64>> = NAMES.into_iter().map(|name| break_even(report, name, "total")?.size()).collect();
    let least = sizes.and_then(|sizes| sizes.into_iter().min_by(f64::total_cmp));
    let small = least.map(|ns| format!(" Two shorter than {} are best done inline.", time(ns))).unwrap_or_default();
    Some(format!(
        "Of two tasks at once, handing over is sooner done: {sooner}; it keeps the loop freer: {freer}.{small}"
    ))
}
