//! The row "Memory": is a write seen on the other side?

use crate::report::{Experiment, Verdict};
use crate::tables::{Claim, Judged, count, memory};
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
    let seen = format!("is seen by its starter in {thread} of {trials} trials, a forked child's in {private}");
    let answer = match verdict {
        Verdict::Supported => format!("A thread's write {seen}."),
        Verdict::Contradicted => format!("It is the other way round: a thread's write {seen}."),
        _ => format!("It depends: a thread's write {seen}; without a writer, {} changes were seen.", alone + apart),
    };
    Ok(Judged {
        answer,
        measured: vec![
            format!("{private} of {trials} writes seen; {shared} of {trials} once shared memory is asked for"),
            format!("{thread} of {trials} writes seen"),
        ],
        node: node(visible),
        verdict,
        why: format!("Without a writer, {alone} and {apart} changes were seen.{}", price(report).unwrap_or_default()),
    })
}

fn node(visible: &Experiment) -> Vec<String> {
    let seen =
        |name: &str| visible.arm(name).map(count).map(|(seen, trials)| format!("{seen} of {trials} writes seen"));
    let arms = ["node process: object sent", "node thread: object posted", "node thread: SharedArrayBuffer"];
    match arms.map(seen) {
        [Some(sent), Some(posted), Some(shared)] => {
            vec![format!("object sent: {sent}"), format!("object posted: {posted}; SharedArrayBuffer: {shared}")]
        }
        _ => Vec::new(),
    }
}

/// What one more idle unit costs.
fn price(report: &[Experiment]) -> Option<String> {
    let units = find(report, "memory.per_unit").ok()?;
    let kib = |name: &str| units.arm(name).map(|arm| memory(arm.median));
    let (thread, fork, program) = (kib("thread")?, kib("process: fork")?, kib("process: own program")?);
    let in_node = || Some((kib("node thread: Worker")?, kib("node process: fork")?));
    let in_node = in_node().map(|(worker, fork)| format!("; in Node.js {worker} (Worker), {fork} (fork)"));
    Some(format!(
        " One more idle unit costs {thread} (thread), {fork} (fork), {program} (own program){}.",
        in_node.unwrap_or_default()
    ))
}
