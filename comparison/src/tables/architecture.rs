//! "Node.js Architecture": what can be counted of each of its parts.

use super::{Claim, Claims, Judged, cells, holds, tell, told};
use crate::report::Experiment;
use crate::verdict::{Compared, Missing, compare, find, noise, of_facts, of_parts, ratio};

pub(super) const CLAIMS: Claims = Claims {
    id: "architecture",
    title: "Node.js Architecture",
    key_column: "Part",
    columns: &["Description"],
    rows: &[EVENT_LOOP, POOL, WORKERS, PROCESSES],
};

const EVENT_LOOP: Claim = Claim {
    key: "Event Loop",
    document: &["Single-threaded, handles async callbacks"],
    rule: "Supported when callbacks of every kind ran on one thread in every trial, and waits one after another take \
        clearly more time than the same waits on the loop; contradicted when neither holds; depends when one does; \
        unresolved when the times are unclear.",
    decided_by: &[CALLBACKS, WAITS],
    beside: &[NODE],
    judge: event_loop,
};

const CALLBACKS: &str = "architecture.callbacks";
const WAITS: &str = "architecture.waits";
const NODE: &str = "node.architecture";

fn event_loop(report: &[Experiment]) -> Result<Judged, Missing> {
    let waits = find(report, WAITS)?;
    let overlaps = compare(ratio(waits, ["ten waits one after another", "ten waits on one loop"])?, noise(waits));
    let single = holds(report, CALLBACKS, "{threads that ran them = 1}")?;
    let on = if single { "one thread" } else { "{threads that ran them} threads" };
    let saving = match overlaps {
        Compared::More => "ten waits took {ten waits on one loop} on it instead of {ten waits one after another}",
        Compared::Unclear => "whether waits overlap on it is within the noise",
        _ => "ten waits took no less on it ({ten waits on one loop}) than one after another",
    };
    let ran = tell(report, CALLBACKS, &format!("{{kinds of callback}} kinds of callback ran on {on}"))?;
    let done = tell(report, WAITS, "ten waits of 5 ms done in {ten waits on one loop}")?;
    let in_turn = "One after another they take {ten waits one after another / ten waits on one loop} as long.";
    Ok(Judged {
        verdict: of_parts(&[single.into(), overlaps]),
        answer: format!("All {ran}, and {}.", tell(report, WAITS, saving)?),
        measured: vec![format!("{}; {done}", ran.replace(" ran", ""))],
        node: cells(report, NODE, &["{kinds of callback} kinds of callback, threads: {threads that ran them}"]),
        why: told(report, WAITS, &[in_turn]),
    })
}

const POOL: Claim = Claim {
    key: "libuv Thread Pool",
    document: &["Multi-threaded, handles file system, DNS, crypto"],
    rule: "Supported when more than one of its threads ran jobs at once, all three kinds of work were done on its \
        threads, and network callbacks had no thread beside the loop's, in every trial; contradicted when none of the \
        three holds; else it depends.",
    decided_by: &["architecture.pool", CALLBACKS],
    beside: &["architecture.pool_steps", NODE],
    judge: pool,
};

fn pool(report: &[Experiment]) -> Result<Judged, Missing> {
    const ID: &str = "architecture.pool";
    let at_once = "{threads that ran jobs at once > 1} threads ran jobs at once";
    let work = "{kinds of work (file, DNS, crypto) done on pool threads = 3} of 3 kinds of work done on them";
    let network = "with the network alone the process had {threads of the process during network callbacks = 1} thread";
    let cell = format!("{}; {}", tell(report, ID, at_once)?, tell(report, ID, work)?);
    let why = "The pool has {threads added by a pool without a job} threads before its first job, \
        {threads added by its first job} after it.";
    let node = "{threads added by the first file} threads more with the first file, \
        {threads added by network callbacks} with the network; \
        {architecture.pool_steps | node: jobs that hold up the next} jobs that wait hold up the next";
    Ok(Judged {
        verdict: of_facts([holds(report, ID, at_once)?, holds(report, ID, work)?, holds(report, CALLBACKS, network)?]),
        answer: format!("{cell}; {}.", tell(report, CALLBACKS, network)?),
        measured: vec![cell],
        node: cells(report, NODE, &[node]),
        why: told(report, ID, &[why]),
    })
}

const WORKERS: Claim = Claim {
    key: "Worker Threads",
    document: &["Optional multi-threaded JS execution"],
    rule: "Supported when without a worker the process has one thread, with two it has three, and these have three \
        thread ids and one process id, in every trial; else contradicted.",
    decided_by: &["architecture.workers"],
    beside: &[NODE],
    judge: workers,
};

fn workers(report: &[Experiment]) -> Result<Judged, Missing> {
    const ID: &str = "architecture.workers";
    const IDS: &str = "{thread ids that two workers and their starter have = 3} thread ids, \
        {process ids that they have = 1} process id";
    let threads = "{threads without a worker = 1} thread without a worker, {threads with two workers = 3} with two";
    let text = format!("{threads}; {IDS}");
    let node = cells(report, NODE, &[&format!("{{threads added by two workers}} threads more with two; {IDS}")]);
    let (verdict, cells) = (of_facts([holds(report, ID, &text)?]), cells(report, ID, &[&text])?);
    Ok(Judged::counted(verdict, cells, node, "By the kernel's count of threads."))
}

const PROCESSES: Claim = Claim {
    key: "Child Processes",
    document: &["Separate memory, multiple Node.js processes"],
    rule: "Supported when no write of a child was seen by its parent, and two children and their parent had three \
        process ids, two of them answering on one port, in every trial; contradicted when neither holds; else it \
        depends.",
    decided_by: &["architecture.processes", "memory.visible"],
    beside: &["node.modules", "node.cluster"],
    judge: processes,
};

fn processes(report: &[Experiment]) -> Result<Judged, Missing> {
    const ID: &str = "architecture.processes";
    let many = "{process ids of two children and their parent = 3} process ids for a parent and two children; \
        {processes that answered on one port = 2} processes answered on one port";
    let apart = "{memory.visible | process: private memory = 0} writes of a child seen by its parent";
    let node = "fork: a process id of its own in {node.modules | process: fork, own pid}; \
        {workers that answered on one port} workers of a cluster answered on one port";
    let verdict = of_facts([holds(report, ID, many)?, holds(report, ID, apart)?]);
    let (cells, node) = (cells(report, ID, &[&format!("{many}; {apart}")])?, cells(report, "node.cluster", &[node]));
    Ok(Judged::counted(verdict, cells, node, "With a cluster of two workers."))
}
