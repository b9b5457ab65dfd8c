//! The row "Memory": is a write seen on the other side?

use crate::report::{Experiment, Verdict};
use crate::tables::{Claim, Judged, count};
use crate::verdict::{Missing, arm, find};

pub(super) const ROW: Claim = Claim {
    key: "Memory",
    document: &["Separate memory", "Shared memory"],
    rule: "Supported when every write of a thread is seen by its starter, none of a forked child's by its \
        parent, and no change without a writer; contradicted when it is the other way round; else it depends.",
    evidence: &["memory.visible", "memory.per_unit"],
    judge,
};

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let visible = find(report, "memory.visible")?;
    let (thread, trials) = count(arm(visible, "thread: shared heap")?);
    let (private, _) = count(arm(visible, "process: private memory")?);
    let (shared, _) = count(arm(visible, "process: MAP_SHARED")?);
    let (alone, _) = count(arm(visible, "control: thread, no writer")?);
    let (apart, _) = count(arm(visible, "control: process, no writer")?);
    let verdict = match (private, thread) {
        (0, seen) if seen == trials && alone + apart == 0 => Verdict::Supported,
        (seen, 0) if seen == trials => Verdict::Contradicted,
        _ => Verdict::Depends,
    };
    let per_unit = find(report, "memory.per_unit").ok();
    let kib = |name: &str| per_unit.and_then(|units| units.arm(name)).map(|arm| arm.median);
    let price = match (kib("thread"), kib("process: fork"), kib("process: own program")) {
        (Some(thread), Some(fork), Some(program)) => format!(
            " One more idle unit costs {thread:.0} KiB (thread), {fork:.0} KiB (fork), {program:.0} KiB (own program)."
        ),
        _ => String::new(),
    };
    Ok(Judged {
        answer: String::new(),
        node: Vec::new(),
        measured: vec![
            format!("{private} of {trials} writes seen; {shared} of {trials} once shared memory is asked for"),
            format!("{thread} of {trials} writes seen"),
        ],
        verdict,
        why: format!("Without a writer, {alone} and {apart} changes were seen.{price}"),
    })
}
