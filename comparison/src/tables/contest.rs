//! Two rows that are contests: who keeps the loop free, and who of them is done first?

use super::break_even::{From, break_even};
use super::{Claim, Judged, median, tell, time, times, told};
use crate::report::{Experiment, Ratio, Verdict};
use crate::verdict::{Compared, Missing, compare, find, noise, ratio};

const RULE: &str = "Candidates: the loop itself (inline), a thread a job, a process a job, a pool of four. \
    One qualifies when the loop is clearly less late than with the work inline. Supported when the document's choice \
    qualifies and takes clearly less time than every other that does; depends when it takes the same as some and less \
    than the rest; contradicted when one takes clearly less than it, or others qualify and it does not; unresolved when \
    a comparison of it is unclear, or nobody qualifies.";

pub(super) const CPU_INTENSIVE: Claim = Claim {
    key: "CPU-intensive operations",
    document: &["`worker_threads`"],
    rule: RULE,
    evidence: &["loop_delay.10ms", "loop_delay"], // the first decides, the others tell from which size on
    judge: |report| {
        let judged = contest(report, "loop_delay.10ms", "thread")?;
        Ok(Judged { why: told([Ok(judged.why), worth(report), too_small(report)]), ..judged })
    },
};

pub(super) const FILE_IO: Claim = Claim {
    key: "Parallel file I/O or background tasks",
    document: &["Thread pool (auto)"],
    rule: RULE,
    evidence: &["scenario.file_io", "files.read.warm", "files.read.cold"],
    judge: |report| {
        let judged = contest(report, "scenario.file_io", "pool")?;
        let reads = [("files.read.warm", "the page cache"), ("files.read.cold", "the disk")];
        let [warm, cold] = reads.map(|(id, from)| throughput(report, id, from));
        Ok(Judged { why: told([Ok(judged.why), warm, cold]), ..judged })
    },
};

/// Judges the experiment `id`, where the document chooses `choice`.
fn contest(report: &[Experiment], id: &str, choice: &str) -> Result<Judged, Missing> {
    let contest = find(report, id)?;
    let total = |name: &str| tell(report, id, &format!("{{{name}: total}}"));
    let late = |name: &str| tell(report, id, &format!("{{{name}: loop delay}}"));
    let freer = |name: &str| versus(contest, &format!("{name}: loop delay"), "inline: loop delay");

    let (mut free, mut rivals, mut all) = (Vec::new(), Vec::new(), Vec::new());
    let mut candidates = ["thread", "process", "pool"];
    let ns = |name: &str| median(report, id, &format!("{name}: total")).unwrap_or(f64::MAX);
    candidates.sort_by(|a, b| ns(a).total_cmp(&ns(b)));
    for name in candidates {
        if freer(name)? == Compared::Less {
            free.push(format!("{name} {}", total(name)?));
            if name != choice {
                rivals.push((versus(contest, &format!("{choice}: total"), &format!("{name}: total"))?, name));
            }
        }
    }
    for name in ["inline", "thread", "process", "pool"] {
        all.push(format!("{name} {}, loop late by {}", total(name)?, late(name)?));
    }
    let who = |is: Compared| {
        let names = rivals.iter().filter(|(compared, _)| *compared == is).map(|(_, name)| *name);
        names.collect::<Vec<_>>().join(" or the ")
    };
    let (faster, same, unclear) = (who(Compared::More), who(Compared::Same), who(Compared::Unclear));
    let took = total(choice)?;
    let so = format!("With the {choice} the loop is {} late instead of {}", late(choice)?, late("inline")?);
    let (verdict, answer) = match freer(choice)? {
        _ if free.is_empty() => {
            (Verdict::Unresolved, "Nobody kept the loop clearly freer than the work inline.".to_owned())
        }
        Compared::Unclear => {
            (Verdict::Unresolved, format!("Whether the {choice} keeps the loop free is within the noise."))
        }
        Compared::More | Compared::Same => (Verdict::Contradicted, format!("{so}: it does not keep it free.")),
        Compared::Less if !faster.is_empty() => {
            (Verdict::Contradicted, format!("{so}, but the {faster} does the work in less than its {took}."))
        }
        Compared::Less if !unclear.is_empty() => {
            (Verdict::Unresolved, format!("{so}; whether it is sooner done than the {unclear} is within the noise."))
        }
        Compared::Less if !same.is_empty() => (Verdict::Depends, format!("{so}, and the {same} does as well.")),
        Compared::Less => {
            (Verdict::Supported, format!("{so}, and it is sooner done ({took}) than all who do as well."))
        }
    };
    let cell = match free.as_slice() {
        [] => "none kept the loop clearly freer than the work inline".to_owned(),
        free => format!("the loop stays free with {}", free.join(", ")),
    };
    let why = format!("All jobs: {}.", all.join("; "));
    Ok(Judged { verdict, answer, measured: vec![cell], node: Ok(Vec::new()), why })
}

/// How two arms compare, whichever way round the experiment has their ratio.
fn versus(contest: &Experiment, above: &str, below: &str) -> Result<Compared, Missing> {
    let turned = |ratio: &Ratio| Ratio { low: 1.0 / ratio.high, high: 1.0 / ratio.low, ..ratio.clone() };
    let direct = ratio(contest, [above, below]).cloned();
    Ok(compare(&direct.or_else(|_| ratio(contest, [below, above]).map(turned))?, noise(contest)))
}

/// From which size of a task on each candidate is worth it.
fn worth(report: &[Experiment]) -> Result<String, Missing> {
    let from = |what| {
        let of = |name| Some(format!("{} {name}", break_even(report, name, what)?));
        let all: Vec<String> = ["thread", "pool", "process"].into_iter().filter_map(of).collect();
        if all.is_empty() { Err(Missing(format!("no {what}"))) } else { Ok(all.join(", ")) }
    };
    let (sooner, freer) = (from("total")?, from("loop delay")?);
    Ok(format!("Handing a task over is sooner done: {sooner}; it keeps the loop freer: {freer}."))
}

fn too_small(report: &[Experiment]) -> Result<String, Missing> {
    match break_even(report, "thread", "total") {
        Some(From::Size(ns)) => Ok(format!("Tasks shorter than {} are best done inline.", time(ns))),
        _ => Err(Missing("no break-even".to_owned())),
    }
}

/// What the best pool gains where no loop has to be kept free.
fn throughput(report: &[Experiment], id: &str, from: &str) -> Result<String, Missing> {
    let read = match find(report, id) {
        Ok(read) => read,
        Err(Missing(why)) => return Ok(format!("{why}.")),
    };
    let pools = read.ratios.iter().filter(|ratio| ratio.of[0] == "serial");
    let best = pools.max_by(|a, b| a.median.total_cmp(&b.median)).ok_or(Missing(format!("{id} has no pool")))?;
    let (takes, pool) = (times(best), best.of[1].trim_start_matches("thread: "));
    Ok(format!("Without a loop, from {from}: one after another takes {takes} the time of a {pool}."))
}
