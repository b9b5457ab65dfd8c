//! "Differences Between Process and Thread in Node.js".

use super::{Claim, Claims, Judged, time, times};
use crate::experiments::crash::OTHERS_ALIVE;
use crate::report::{Arm, Experiment, Ratio, Verdict};
use crate::verdict::{Compared, Missing, arm, compare, find, floor, ratio};

mod communication;

pub(super) const CLAIMS: Claims = Claims {
    id: "differences",
    title: "Differences Between Process and Thread in Node.js",
    key_column: "Feature",
    columns: &["Process", "Thread"],
    rows: &[
        Claim {
            key: "Memory",
            document: &["Separate memory", "Shared memory"],
            rule: "Supported when every write of a thread is seen by its starter, none of a forked child's by its \
                parent, and no change without a writer; contradicted when it is the other way round; else it depends.",
            evidence: &["memory.visible", "memory.per_unit"],
            judge: memory,
        },
        Claim {
            key: "Communication",
            document: &["Slower (via IPC)", "Faster (shared context)"],
            rule: "Two ratios of process to thread in each experiment that was done: over the same pipe, and over what \
                is usual on each side (ipc-channel, channel). Supported when the process takes clearly more in all of \
                them; contradicted when in none, and none is unclear; depends when in some and in others not; else \
                unresolved.",
            evidence: communication::EVIDENCE,
            judge: communication::judge,
        },
        Claim {
            key: "Overhead",
            document: &["Higher", "Lower"],
            rule: "Started and ended on one CPU; two ratios to a thread: of a forked copy, of a spawned program. \
                Supported when both take clearly more; contradicted when neither does; depends when one does; \
                unresolved when one is unclear.",
            evidence: &["overhead.create", "memory.per_unit"],
            judge: overhead,
        },
        Claim {
            key: "Crashing effect",
            document: &["Only one process crashes", "Thread crash can affect others"],
            rule: "Supported when the others survive every fault of a process in every trial, and are lost in every \
                trial of at least one fault of a thread; contradicted when neither holds; else it depends.",
            evidence: &["crash.survivors"],
            judge: crash,
        },
        Claim {
            key: "Use in Node.js",
            document: &["`child_process` module", "`worker_threads` module"],
            rule: "In the real Node.js: supported when child_process.fork gives a process id of its own, and Worker \
                the same process id with a kernel thread of its own; else contradicted. Unresolved without Node.js.",
            evidence: &["node.modules"],
            judge: use_in_node,
        },
        Claim {
            key: "Performance",
            document: &["Good for CPU isolation", "Good for parallel execution in same process"],
            rule: "Two claims. Parallel: serial work takes clearly more time than the same work on a thread for each \
                CPU. Isolation: on the same CPU, a busy thread slows a victim down clearly more than a busy process \
                does. Supported when both hold, contradicted when neither, depends when one does; unresolved when one \
                is unclear or was not measured.",
            evidence: &["cpu.speed_up", "cpu.isolation"],
            judge: performance,
        },
    ],
};

/// How many of an arm's trials counted 1.
fn count(arm: &Arm) -> (usize, usize) {
    (arm.samples.iter().filter(|&&sample| sample > 0.0).count(), arm.samples.len())
}

fn memory(report: &[Experiment]) -> Result<Judged, Missing> {
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
        measured: vec![
            format!("{private} of {trials} writes seen; {shared} of {trials} once shared memory is asked for"),
            format!("{thread} of {trials} writes seen"),
        ],
        verdict,
        why: format!("Without a writer, {alone} and {apart} changes were seen.{price}"),
    })
}

fn overhead(report: &[Experiment]) -> Result<Judged, Missing> {
    let create = find(report, "overhead.create")?;
    let floor = floor(create);
    let fork = ratio(create, ["process: fork", "thread"])?;
    let program = ratio(create, ["process: spawned program", "thread"])?;
    let verdict = match (compare(fork, floor), compare(program, floor)) {
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

fn crash(report: &[Experiment]) -> Result<Judged, Missing> {
    let crash = find(report, "crash.survivors")?;
    let survived = |boundary: &str| -> Vec<(&str, usize, usize)> {
        let arms = crash.arms.iter().filter(|arm| arm.unit == OTHERS_ALIVE);
        let arms = arms.filter_map(|arm| Some((arm.name.strip_prefix(boundary)?.strip_prefix(": ")?, arm)));
        arms.map(|(fault, arm)| (fault, count(arm).0, count(arm).1)).collect()
    };
    let (process, thread) = (survived("process"), survived("thread"));
    if process.is_empty() || thread.is_empty() {
        return Err(Missing("crash.survivors has no arm that counts survivors".to_owned()));
    }
    let isolated = process.iter().all(|(_, alive, trials)| alive == trials);
    let spreads = thread.iter().any(|(_, alive, _)| *alive == 0);
    let verdict = match (isolated, spreads) {
        (true, true) => Verdict::Supported,
        (false, false) => Verdict::Contradicted,
        _ => Verdict::Depends,
    };
    let cell = |rows: &[(&str, usize, usize)]| {
        let faults: Vec<String> =
            rows.iter().map(|(fault, alive, trials)| format!("{fault} {alive}/{trials}")).collect();
        format!("others alive after: {}", faults.join(", "))
    };
    let stopped = |name| arm(crash, name).map(count);
    let (thread_stopped, process_stopped) = (stopped("thread: loop, stopped")?, stopped("process: loop, stopped")?);
    Ok(Judged {
        measured: vec![cell(&process), cell(&thread)],
        verdict,
        why: format!(
            "A unit that loops for ever was stopped from outside in {} of {} processes and {} of {} threads.",
            process_stopped.0, process_stopped.1, thread_stopped.0, thread_stopped.1
        ),
    })
}

fn use_in_node(report: &[Experiment]) -> Result<Judged, Missing> {
    let node = find(report, "node.modules")?;
    let (fork, trials) = count(arm(node, "process: fork, own pid")?);
    let (worker, _) = count(arm(node, "thread: Worker, own pid")?);
    let (tid, _) = count(arm(node, "thread: Worker, own tid")?);
    let holds = fork == trials && worker == 0 && tid == trials;
    Ok(Judged {
        measured: vec![
            format!("fork: a pid of its own in {fork} of {trials}"),
            format!("Worker: a pid of its own in {worker} of {trials}, a thread id of its own in {tid} of {trials}"),
        ],
        verdict: if holds { Verdict::Supported } else { Verdict::Contradicted },
        why: format!("Asked of the real Node.js, {trials} times: each child and each Worker told its ids."),
    })
}

fn performance(report: &[Experiment]) -> Result<Judged, Missing> {
    let isolation = find(report, "cpu.isolation")?;
    let slower = |name| ratio(isolation, [name, "control: no neighbour"]);
    let (beside_process, beside_thread) = (slower("process: busy, same CPU")?, slower("thread: busy, same CPU")?);
    let boundary = ratio(isolation, ["thread: busy, same CPU", "process: busy, same CPU"])?;
    let shields = compare(boundary, floor(isolation));
    let elsewhere = slower("process: busy, other CPU").ok().map(|ratio: &Ratio| times(ratio));
    let elsewhere = elsewhere.map(|ratio| format!("; {ratio} beside one on another CPU")).unwrap_or_default();
    let process = format!("a victim takes {} beside a busy process{elsewhere}", times(beside_process));

    let (parallel, thread, speed_up) = match find(report, "cpu.speed_up") {
        Ok(experiment) => {
            let threads = ratio(experiment, ["serial", "thread: one per CPU"])?;
            let processes = ratio(experiment, ["serial", "process: one per CPU"])?;
            let why = format!(
                "Serial work takes {} the time of the same on threads, {} of the same in processes.",
                times(threads),
                times(processes)
            );
            (compare(threads, floor(experiment)), format!("speed-up {}", times(threads)), why)
        }
        Err(Missing(why)) => (Compared::Unclear, "speed-up not measured".to_owned(), format!("{why}.")),
    };
    let verdict = match (parallel, shields) {
        (Compared::Unclear, _) | (_, Compared::Unclear) => Verdict::Unresolved,
        (Compared::More, Compared::More) => Verdict::Supported,
        (Compared::More, _) | (_, Compared::More) => Verdict::Depends,
        _ => Verdict::Contradicted,
    };
    let shield = match shields {
        Compared::More => "A process shields its neighbour from work on the same CPU better than a thread does",
        Compared::Same => {
            "A process shields its neighbour no better than a thread: placement isolates, not the boundary"
        }
        Compared::Less => "A thread disturbs its neighbour less than a process does",
        Compared::Unclear => "Whether a process shields its neighbour better is within the noise",
    };
    Ok(Judged {
        measured: vec![process, format!("{thread}; a victim takes {} beside a busy thread", times(beside_thread))],
        verdict,
        why: format!("{speed_up} {shield} (thread to process, {}).", times(boundary)),
    })
}
