//! The row "Overhead": what a unit costs to start and to end, and in memory.

use crate::report::{Experiment, Verdict};
use crate::tables::{Claim, Judged, time, times};
use crate::verdict::{Compared, Missing, arm, compare, find, noise, ratio};

pub(super) const ROW: Claim = Claim {
    key: "Overhead",
    document: &["Higher", "Lower"],
    rule: "Started and ended on one CPU; two ratios to a thread: of a forked copy, of a spawned program. \
        Supported when both take clearly more; contradicted when neither does; depends when one does; \
        unresolved when one is unclear.",
    evidence: &["overhead.create", "memory.per_unit"],
    judge,
};

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let create = find(report, "overhead.create")?;
    let noise = noise(create);
    let fork = ratio(create, ["process: fork", "thread"])?;
    let program = ratio(create, ["process: spawned program", "thread"])?;
    let verdict = match (compare(fork, noise), compare(program, noise)) {
        (Compared::More, Compared::More) => Verdict::Supported,
        (Compared::Unclear, _) | (_, Compared::Unclear) => Verdict::Unresolved,
        (Compared::More, _) | (_, Compared::More) => Verdict::Depends,
        _ => Verdict::Contradicted,
    };
    let median = |name| arm(create, name).map(|arm| time(arm.median));
    let memory = |name: &str| {
        let pss = find(report, "memory.per_unit").ok().and_then(|units| units.arm(name));
        pss.map(|arm| format!(", {:.0} KiB idle", arm.median)).unwrap_or_default()
    };
    Ok(Judged {
        answer: String::new(),
        node: Vec::new(),
        measured: vec![
            format!(
                "fork {}{}; spawned program {}{}",
                median("process: fork")?,
                memory("process: fork"),
                median("process: spawned program")?,
                memory("process: own program")
            ),
            format!("{}{}", median("thread")?, memory("thread")),
        ],
        verdict,
        why: format!(
            "Started and ended, in a thread's time: a forked copy {}, a spawned program {}.",
            times(fork),
            times(program)
        ),
    })
}
