//! "Differences Between Process and Thread in Node.js"; here are the rows that are counted: memory, and the modules.

use super::{Claim, Claims, Judged, cells, communication, count, crash, holds, overhead, performance, tell, told};
use crate::report::{Experiment, Verdict};
use crate::verdict::{Missing, arm, find, of_facts};

pub(super) const CLAIMS: Claims = Claims {
    id: "differences",
    title: "Differences Between Process and Thread in Node.js",
    key_column: "Feature",
    columns: &["Process", "Thread"],
    rows: &[MEMORY, communication::ROW, overhead::ROW, crash::EFFECT, MODULES, performance::ROW],
};

const MEMORY: Claim = Claim {
    key: "Memory",
    document: &["Separate memory", "Shared memory"],
    rule: "Supported when every write of a thread is seen by its starter, none of a forked child's by its \
        parent, and no change without a writer; contradicted when it is the other way round; else it depends.",
    decided_by: &["memory.visible"],
    beside: &["memory.per_unit"],
    judge: writes,
};

fn writes(report: &[Experiment]) -> Result<Judged, Missing> {
    const ID: &str = "memory.visible";
    let holds = |text| holds(report, ID, text);
    let as_told = holds("{thread: shared heap = 1} {process: private memory = 0}")?;
    let reversed = holds("{thread: shared heap = 0} {process: private memory = 1}")?;
    let still = holds("{control: thread, no writer = 0} {control: process, no writer = 0}")?;
    let verdict = match (as_told && still, reversed) {
        (true, _) => Verdict::Supported,
        (_, true) if still => Verdict::Contradicted,
        _ => Verdict::Depends,
    };
    let (private, _) = count(arm(find(report, ID)?, "process: private memory")?);
    let thread = tell(report, ID, "A thread's write is seen by its starter in {thread: shared heap} trials")?;
    let private_and_shared =
        "{process: private memory} writes seen; {process: MAP_SHARED} once shared memory is asked for";
    let sent = "object sent: {node process: object sent} writes seen";
    let posted = "object posted: {node thread: object posted} writes seen; \
        SharedArrayBuffer: {node thread: SharedArrayBuffer} writes seen";
    let alone = "Without a writer a thread saw a change in {control: thread, no writer} trials, a process in \
        {control: process, no writer}.";
    let unit = "One more idle unit costs {memory.per_unit | thread} (thread), {memory.per_unit | process: fork} \
        (fork), {memory.per_unit | process: own program} (own program).";
    Ok(Judged {
        verdict,
        answer: format!("{thread}, a forked child's in {private}."),
        measured: cells(report, ID, &[private_and_shared, "{thread: shared heap} writes seen"])?,
        node: cells(report, ID, &[sent, posted]),
        why: told(report, ID, &[alone, unit]),
    })
}

const MODULES: Claim = Claim {
    key: "Use in Node.js",
    document: &["`child_process` module", "`worker_threads` module"],
    rule: "In the real Node.js: supported when child_process.fork gives a process id of its own, and Worker \
        the same process id with a kernel thread of its own; else contradicted. Unresolved without Node.js.",
    decided_by: &["node.modules"],
    beside: &[],
    judge: ids,
};

fn ids(report: &[Experiment]) -> Result<Judged, Missing> {
    let fork = "fork: a pid of its own in {process: fork, own pid = 1}";
    let worker = "Worker: a pid of its own in {thread: Worker, own pid = 0}, a thread id of its own in \
        {thread: Worker, own tid = 1}";
    let as_told = holds(report, "node.modules", fork)? && holds(report, "node.modules", worker)?;
    let (verdict, cells) = (of_facts([as_told]), cells(report, "node.modules", &[fork, worker])?);
    Ok(Judged::counted(
        verdict,
        cells.clone(),
        Ok(cells),
        "Each child and each Worker of the real Node.js told its ids.",
    ))
}
