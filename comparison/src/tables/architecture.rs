//! "Node.js Architecture".

use super::{Claim, Claims, Judged, time, times};
use crate::report::{Experiment, Verdict};
use crate::verdict::{Compared, Missing, arm, compare, find, noise, ratio};

pub(super) const CLAIMS: Claims = Claims {
    id: "architecture",
    title: "Node.js Architecture",
    key_column: "Part",
    columns: &["Description"],
    rows: &[
        Claim {
            key: "Event Loop",
            document: &["Single-threaded, handles async callbacks"],
            rule: "Supported when callbacks of every kind ran on one thread in every trial, and waits one after another \
                take clearly more time than the same waits on the loop; contradicted when neither holds; depends when \
                one does; unresolved when the times are unclear.",
            evidence: &["architecture.callbacks", "architecture.waits"],
            judge: event_loop,
        },
        Claim {
            key: "libuv Thread Pool",
            document: &["Multi-threaded, handles file system, DNS, crypto"],
            rule: "Supported when more than one of its threads ran jobs at once, all three kinds of work were done on \
                its threads, and network callbacks had no thread beside the loop's, in every trial; contradicted when \
                none of the three holds; else it depends.",
            evidence: &["architecture.pool", "architecture.callbacks"],
            judge: pool,
        },
        Claim {
            key: "Worker Threads",
            document: &["Optional multi-threaded JS execution"],
            rule: "Supported when without a worker the process has one thread, with two it has three, and these have \
                three thread ids and one process id, in every trial; else contradicted.",
            evidence: &["architecture.workers"],
            judge: workers,
        },
        Claim {
            key: "Child Processes",
            document: &["Separate memory, multiple Node.js processes"],
            rule: "Supported when no write of a child was seen by its parent, and two children and their parent had \
                three process ids, two of them answering on one port, in every trial; contradicted when neither \
                holds; else it depends.",
            evidence: &["architecture.processes", "memory.visible"],
            judge: processes,
        },
    ],
};

/// Whether every sample of an arm is `expected`.
fn always(experiment: &Experiment, name: &str, expected: f64) -> Result<bool, Missing> {
    Ok(arm(experiment, name)?.samples.iter().all(|&sample| sample == expected))
}

/// The median of an arm that counts.
fn count(experiment: &Experiment, name: &str) -> Result<f64, Missing> {
    Ok(arm(experiment, name)?.median)
}

/// A verdict on a claim with several parts.
fn of_parts<const N: usize>(holds: [bool; N]) -> Verdict {
    match holds.iter().filter(|&&holds| holds).count() {
        n if n == N => Verdict::Supported,
        0 => Verdict::Contradicted,
        _ => Verdict::Depends,
    }
}

fn trials(experiment: &Experiment) -> usize {
    experiment.arms.first().map_or(0, |arm| arm.samples.len())
}

fn event_loop(report: &[Experiment]) -> Result<Judged, Missing> {
    let (callbacks, waits) = (find(report, "architecture.callbacks")?, find(report, "architecture.waits")?);
    let threads = "threads that ran them";
    let overlap = ratio(waits, ["ten waits one after another", "ten waits on one loop"])?;
    let single = always(callbacks, threads, 1.0)?;
    let verdict = match compare(overlap, noise(waits)) {
        Compared::Unclear => Verdict::Unresolved,
        compared => of_parts([single, compared == Compared::More]),
    };
    let (kinds, on) = (count(callbacks, "kinds of callback")?, count(callbacks, threads)?);
    let on_loop = time(arm(waits, "ten waits on one loop")?.median);
    Ok(Judged {
        answer: String::new(),
        node: Vec::new(),
        measured: vec![format!("{kinds} kinds of callback on {on} thread; ten waits of 5 ms done in {on_loop}")],
        verdict,
        why: format!(
            "In {} trials; the same ten waits one after another take {} as long.",
            trials(callbacks),
            times(overlap)
        ),
    })
}

fn pool(report: &[Experiment]) -> Result<Judged, Missing> {
    let (pool, callbacks) = (find(report, "architecture.pool")?, find(report, "architecture.callbacks")?);
    let at_once = "threads that ran jobs at once";
    let work = "kinds of work (file, DNS, crypto) done on pool threads";
    let network = "threads of the process during network callbacks";
    let many = arm(pool, at_once)?.samples.iter().all(|&threads| threads > 1.0);
    let parts = [many, always(pool, work, 3.0)?, always(callbacks, network, 1.0)?];
    Ok(Judged {
        answer: String::new(),
        node: Vec::new(),
        measured: vec![format!(
            "{} threads ran jobs at once; {} of 3 kinds of work (file, DNS, crypto) done on them",
            count(pool, at_once)?,
            count(pool, work)?
        )],
        verdict: of_parts(parts),
        why: format!(
            "In {} trials: {} threads before the first job, {} after it. During network callbacks the process had {} \
             thread: sockets need no pool.",
            trials(pool),
            count(pool, "threads added by a pool without a job")?,
            count(pool, "threads added by its first job")?,
            count(callbacks, network)?
        ),
    })
}

fn workers(report: &[Experiment]) -> Result<Judged, Missing> {
    let workers = find(report, "architecture.workers")?;
    let (without, with) = ("threads without a worker", "threads with two workers");
    let (tids, pids) = ("thread ids that two workers and their starter have", "process ids that they have");
    let holds = always(workers, without, 1.0)?
        && always(workers, with, 3.0)?
        && always(workers, tids, 3.0)?
        && always(workers, pids, 1.0)?;
    Ok(Judged {
        answer: String::new(),
        node: Vec::new(),
        measured: vec![format!(
            "{} thread without a worker, {} with two; {} thread ids in {} process",
            count(workers, without)?,
            count(workers, with)?,
            count(workers, tids)?,
            count(workers, pids)?
        )],
        verdict: if holds { Verdict::Supported } else { Verdict::Contradicted },
        why: format!("In {} trials, by the kernel's count of threads.", trials(workers)),
    })
}

fn processes(report: &[Experiment]) -> Result<Judged, Missing> {
    let (processes, visible) = (find(report, "architecture.processes")?, find(report, "memory.visible")?);
    let (pids, answered) = ("process ids of two children and their parent", "processes that answered on one port");
    let private = arm(visible, "process: private memory")?;
    let seen = private.samples.iter().sum::<f64>();
    let many = always(processes, pids, 3.0)? && always(processes, answered, 2.0)?;
    Ok(Judged {
        answer: String::new(),
        node: Vec::new(),
        measured: vec![format!(
            "{} process ids for a parent and two children; {} processes answered on one port; {seen} of {} writes of a \
             child seen by its parent",
            count(processes, pids)?,
            count(processes, answered)?,
            private.samples.len()
        )],
        verdict: of_parts([seen == 0.0, many]),
        why: format!("In {} trials with a cluster of two workers.", trials(processes)),
    })
}
