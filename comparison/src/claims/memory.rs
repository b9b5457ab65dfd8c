//! The row "Memory".

use super::assess::{Condition, find, seen};
use super::trials::visible as arms;
use super::words::of;
use super::{Claim, Finding, Missing, Side, Verdict, spec};
use crate::measure::samples::Experiment;

pub(super) const VISIBLE: &str = "memory.visible";
pub(super) const NODE_VISIBLE: &str = "node.memory";

pub(super) const CLAIM: Claim = Claim {
    key: "Memory",
    document: &["Separate memory", "Shared memory"],
    rule: "Conditions: no write of a child to memory that it was not asked to share is seen by its parent; nine of ten \
        writes of a thread, or more, are seen by its starter, for each kind of memory that a thread is usually given.",
    rust: Side { evidence: &[VISIBLE], judge: in_rust },
    node: Side { evidence: &[NODE_VISIBLE], judge: in_node },
    experiments: &[
        spec(VISIBLE, "is a write seen by the one who started the writer?", [0.1, 0.2], arms::visible),
        spec(NODE_VISIBLE, "is a Worker's or a child's write seen by Node's main thread?", [0.1, 0.2], arms::in_node),
    ],
};

fn in_rust(report: &[Experiment]) -> Result<Finding, Missing> {
    let done = find(report, VISIBLE)?;
    let (private, heap) = (seen(done, arms::PROCESS)?, seen(done, arms::THREAD)?);
    let conditions = vec![separate(private), shared(heap, "the heap")];
    let cells = vec![format!("parent saw {} writes", of(private)), format!("starter saw {} writes", of(heap))];
    let answer = format!("Their starter saw {} writes of threads, and {} of child processes.", of(heap), of(private));
    Ok(Finding::of(conditions, cells, answer))
}

fn in_node(report: &[Experiment]) -> Result<Finding, Missing> {
    let done = find(report, NODE_VISIBLE)?;
    let (sent, posted, buffer) = (seen(done, arms::SENT)?, seen(done, arms::POSTED)?, seen(done, arms::BUFFER)?);
    let conditions =
        vec![separate(sent), shared(posted, "an object posted to a Worker"), shared(buffer, "a SharedArrayBuffer")];
    let cells = vec![
        format!("an object sent: {}", of(sent)),
        format!("object posted: {}; SharedArrayBuffer: {}", of(posted), of(buffer)),
    ];
    let finding = Finding::of(conditions, cells, String::new());
    let answer = match finding.verdict {
        Verdict::Depends => "A Worker gets a copy of a posted object; only a SharedArrayBuffer is shared.",
        _ => "What a Worker writes is seen by its starter as a thread's writes are.",
    };
    Ok(Finding { answer: answer.to_owned(), ..finding })
}

fn separate(writes: (usize, usize)) -> Condition {
    Condition::fact(writes.0 == 0, format!("{} writes of a process seen", of(writes)))
}

fn shared(writes: (usize, usize), what: &str) -> Condition {
    Condition::trials(writes.0, writes.1, format!("writes of a thread to {what} seen: {}", of(writes)))
}
