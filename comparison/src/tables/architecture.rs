//! "Node.js Architecture": what can be counted of each of its parts.

use super::{Claim, Claims, Judged, always, tell, times, together};
use crate::report::Experiment;
use crate::verdict::{Compared, Missing, arm, compare, find, noise, of_facts, of_parts, ratio};

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
    evidence: &[CALLBACKS, WAITS, NODE],
    judge: event_loop,
};

const CALLBACKS: &str = "architecture.callbacks";
const WAITS: &str = "architecture.waits";
const NODE: &str = "node.architecture";

fn event_loop(report: &[Experiment]) -> Result<Judged, Missing> {
    let (callbacks, waits) = (|text: &str| tell(report, CALLBACKS, text), |text| tell(report, WAITS, text));
    let experiment = find(report, WAITS)?;
    let in_turn = ratio(experiment, ["ten waits one after another", "ten waits on one loop"])?;
    let overlaps = compare(in_turn, noise(experiment));
    let single = always(report, CALLBACKS, &[("threads that ran them", 1.0)])?;
    let on = if single { "one thread" } else { "{threads that ran them} threads" };
    let saving = waits(match overlaps {
        Compared::More => "ten waits took {ten waits on one loop} on it instead of {ten waits one after another}",
        Compared::Unclear => "whether waits overlap on it is within the noise",
        _ => "ten waits took no less on it ({ten waits on one loop}) than one after another",
    })?;
    let ran = callbacks(&format!("{{kinds of callback}} kinds of callback ran on {on}"))?;
    let done = waits("ten waits of 5 ms done in {ten waits on one loop}")?;
    let of_node = tell(report, NODE, "{kinds of callback} kinds of callback, threads: {threads that ran them}");
    Ok(Judged {
        verdict: of_parts(&[single.into(), overlaps]),
        answer: format!("All {ran}, and {saving}."),
        measured: vec![format!("{}; {done}", ran.replace(" ran", ""))],
        node: together([of_node]),
        why: format!("The same ten waits one after another take {} as long.", times(in_turn)),
    })
}

const POOL: Claim = Claim {
    key: "libuv Thread Pool",
    document: &["Multi-threaded, handles file system, DNS, crypto"],
    rule: "Supported when more than one of its threads ran jobs at once, all three kinds of work were done on its \
        threads, and network callbacks had no thread beside the loop's, in every trial; contradicted when none of the \
        three holds; else it depends.",
    evidence: &["architecture.pool", STEPS, CALLBACKS, NODE],
    judge: pool,
};

const STEPS: &str = "architecture.pool_steps";

fn pool(report: &[Experiment]) -> Result<Judged, Missing> {
    let pool = |text| tell(report, "architecture.pool", text);
    let at_once = arm(find(report, "architecture.pool")?, "threads that ran jobs at once")?;
    let verdict = of_facts([
        at_once.samples.iter().all(|&threads| threads > 1.0),
        always(report, "architecture.pool", &[("kinds of work (file, DNS, crypto) done on pool threads", 3.0)])?,
        always(report, CALLBACKS, &[("threads of the process during network callbacks", 1.0)])?,
    ]);
    let cell = pool(
        "{threads that ran jobs at once} threads ran jobs at once; \
         {kinds of work (file, DNS, crypto) done on pool threads} of 3 kinds of work done on them",
    )?;
    let network = "with the network alone the process had {threads of the process during network callbacks} thread";
    let network = tell(report, CALLBACKS, network)?;
    let why = "{threads added by a pool without a job} threads before the first job, \
        {threads added by its first job} after it.";
    let of_node = tell(
        report,
        NODE,
        "{threads added by the first file} threads more with the first file, \
         {threads added by network callbacks} with the network",
    );
    let held = tell(report, STEPS, "{node: jobs that hold up the next} jobs that wait hold up the next");
    Ok(Judged {
        answer: format!("{cell}; {network}."),
        ..Judged::counted(verdict, vec![cell], together([of_node, held]), pool(why)?)
    })
}

const WORKERS: Claim = Claim {
    key: "Worker Threads",
    document: &["Optional multi-threaded JS execution"],
    rule: "Supported when without a worker the process has one thread, with two it has three, and these have three \
        thread ids and one process id, in every trial; else contradicted.",
    evidence: &["architecture.workers", NODE],
    judge: workers,
};

fn workers(report: &[Experiment]) -> Result<Judged, Missing> {
    const IDS: &str = "{thread ids that two workers and their starter have} thread ids, \
        {process ids that they have} process id";
    let workers = |text: &str| tell(report, "architecture.workers", text);
    let expected = [
        ("threads without a worker", 1.0),
        ("threads with two workers", 3.0),
        ("thread ids that two workers and their starter have", 3.0),
        ("process ids that they have", 1.0),
    ];
    let verdict = of_facts([always(report, "architecture.workers", &expected)?]);
    let threads = "{threads without a worker} thread without a worker, {threads with two workers} with two";
    let of_node = tell(report, NODE, &format!("{{threads added by two workers}} threads more with two; {IDS}"));
    let why = "By the kernel's count of threads.".to_owned();
    Ok(Judged::counted(verdict, vec![workers(&format!("{threads}; {IDS}"))?], together([of_node]), why))
}

const PROCESSES: Claim = Claim {
    key: "Child Processes",
    document: &["Separate memory, multiple Node.js processes"],
    rule: "Supported when no write of a child was seen by its parent, and two children and their parent had three \
        process ids, two of them answering on one port, in every trial; contradicted when neither holds; else it \
        depends.",
    evidence: &["architecture.processes", "memory.visible", "node.modules", "node.cluster"],
    judge: processes,
};

fn processes(report: &[Experiment]) -> Result<Judged, Missing> {
    let expected =
        [("process ids of two children and their parent", 3.0), ("processes that answered on one port", 2.0)];
    let verdict = of_facts([
        always(report, "memory.visible", &[("process: private memory", 0.0)])?,
        always(report, "architecture.processes", &expected)?,
    ]);
    let processes = tell(
        report,
        "architecture.processes",
        "{process ids of two children and their parent} process ids for a parent and two children; \
         {processes that answered on one port} processes answered on one port",
    )?;
    let seen = tell(report, "memory.visible", "{process: private memory} writes of a child seen by its parent")?;
    let ids = tell(report, "node.modules", "fork: a process id of its own in {process: fork, own pid}");
    let answered = "{workers that answered on one port} workers of a cluster answered on one port";
    let node = together([ids, tell(report, "node.cluster", answered)]);
    let why = "With a cluster of two workers.".to_owned();
    Ok(Judged::counted(verdict, vec![format!("{processes}; {seen}")], node, why))
}
