//! "When to Use What?": the winner of each scenario, found from the data.

use super::{Claim, Claims, Judged, time};
use crate::experiments::crash::OTHERS_ALIVE;
use crate::report::{Experiment, Ratio, Verdict};
use crate::verdict::{Compared, Missing, arm, compare, find, noise, ratio};

pub(super) const CLAIMS: Claims = Claims {
    id: "when-to-use",
    title: "When to Use What?",
    key_column: "Scenario",
    columns: &["Use"],
    rows: &[
        Claim {
            key: "CPU-intensive operations",
            document: &["`worker_threads`"],
            rule: CONTEST,
            evidence: &["scenario.cpu_intensive"],
            judge: |report| contest(report, "scenario.cpu_intensive", "thread"),
        },
        Claim {
            key: "Running another Node.js script",
            document: &["`child_process` or `fork()`"],
            rule: "A candidate wins when in every trial the other program ran and its starter went on. Supported when \
                only the process wins; contradicted when it does not; depends when the thread wins, too.",
            evidence: &["scenario.another_program"],
            judge: another_program,
        },
        Claim {
            key: "Parallel file I/O or background tasks",
            document: &["Thread pool (auto)"],
            rule: CONTEST,
            evidence: &["scenario.file_io", "files.read"],
            judge: file_io,
        },
        Claim {
            key: "Isolated execution with crash safety",
            document: &["Process"],
            rule: "A candidate wins when the others survived every fault of every trial. Supported when only the \
                process wins; contradicted when it does not; depends when the thread wins, too.",
            evidence: &["crash.survivors", "overhead.create"],
            judge: crash_safety,
        },
    ],
};

const CONTEST: &str = "Candidates: the loop itself (inline), a thread a job, a process a job, a pool of four. One \
    qualifies when the loop is clearly less late than with the work inline. Supported when the document's choice \
    qualifies and takes clearly less time than every other that does; depends when it takes the same as some and less \
    than the rest; contradicted when one takes clearly less than it, or others qualify and it does not; unresolved when \
    a comparison of it is unclear, or nobody qualifies.";

const CANDIDATES: [&str; 4] = ["inline", "thread", "process", "pool"];

/// How two arms compare, whichever way round the experiment has their ratio.
fn versus(experiment: &Experiment, above: &str, below: &str) -> Result<Compared, Missing> {
    let turned = |ratio: &Ratio| Ratio { low: 1.0 / ratio.high, high: 1.0 / ratio.low, ..ratio.clone() };
    let direct = ratio(experiment, [above, below]).cloned();
    Ok(compare(&direct.or_else(|_| ratio(experiment, [below, above]).map(turned))?, noise(experiment)))
}

fn contest(report: &[Experiment], id: &str, choice: &str) -> Result<Judged, Missing> {
    let scenario = find(report, id)?;
    let total = |name: &str| arm(scenario, &format!("{name}: total")).map_or(f64::MAX, |arm| arm.median);
    let mut qualified = Vec::new();
    let mut own_delay = Compared::Same;
    for name in CANDIDATES.into_iter().filter(|&name| name != "inline") {
        let delay = versus(scenario, &format!("{name}: loop delay"), "inline: loop delay")?;
        if name == choice {
            own_delay = delay;
        }
        if delay == Compared::Less {
            qualified.push(name);
        }
    }
    qualified.sort_by(|a, b| total(a).total_cmp(&total(b)));
    let rivals = qualified.iter().filter(|&&name| name != choice);
    let against = rivals.map(|name| versus(scenario, &format!("{choice}: total"), &format!("{name}: total")));
    let against = against.collect::<Result<Vec<_>, _>>()?;
    let verdict = match own_delay {
        _ if qualified.is_empty() => Verdict::Unresolved,
        Compared::Unclear => Verdict::Unresolved,
        Compared::More | Compared::Same => Verdict::Contradicted,
        Compared::Less if against.contains(&Compared::More) => Verdict::Contradicted,
        Compared::Less if against.contains(&Compared::Unclear) => Verdict::Unresolved,
        Compared::Less if against.contains(&Compared::Same) => Verdict::Depends,
        Compared::Less => Verdict::Supported,
    };
    let mut all = Vec::new();
    for name in CANDIDATES {
        let delay = arm(scenario, &format!("{name}: loop delay"))?.median;
        all.push(format!("{name} {}, loop late by {}", time(total(name)), time(delay)));
    }
    let measured = match qualified.as_slice() {
        [] => "none kept the loop clearly freer than the work inline".to_owned(),
        names => {
            let names = names.iter().map(|name| format!("{name} {}", time(total(name))));
            format!("the loop stays free with {}", names.collect::<Vec<_>>().join(", "))
        }
    };
    let answer = match verdict {
        Verdict::Depends => format!("The {choice} is not alone: another does as well. "),
        Verdict::Unresolved if !qualified.is_empty() => "The choice and its rivals are too close to tell. ".to_owned(),
        _ => String::new(),
    };
    Ok(Judged {
        answer: String::new(),
        node: Vec::new(),
        measured: vec![measured],
        verdict,
        why: format!("{answer}All jobs: {}.", all.join("; ")),
    })
}

fn file_io(report: &[Experiment]) -> Result<Judged, Missing> {
    let mut judged = contest(report, "scenario.file_io", "pool")?;
    if let Ok(pooled) = find(report, "files.read").and_then(|read| ratio(read, ["serial", "thread: pool of four"])) {
        judged.why +=
            &format!(" Without a loop, reading one after another takes {} the time of the pool.", super::times(pooled));
    }
    judged.why += " The files are in the page cache.";
    Ok(judged)
}

/// The verdict where the document's choice is a process, and the other candidate a thread.
fn process_or_thread(process: bool, thread: bool) -> Verdict {
    match (process, thread) {
        (true, false) => Verdict::Supported,
        (true, true) => Verdict::Depends,
        (false, _) => Verdict::Contradicted,
    }
}

fn winners(process: bool, thread: bool) -> &'static str {
    match (process, thread) {
        (true, false) => "process",
        (true, true) => "process or thread",
        (false, true) => "thread",
        (false, false) => "neither",
    }
}

fn another_program(report: &[Experiment]) -> Result<Judged, Missing> {
    let scenario = find(report, "scenario.another_program")?;
    let yes = |name: &str| arm(scenario, name).map(|arm| (arm.samples.iter().sum::<f64>(), arm.samples.len()));
    let ((process_ran, trials), (process_on, _)) = (yes("process: program ran")?, yes("process: starter went on")?);
    let ((thread_ran, _), (thread_on, _)) = (yes("thread: program ran")?, yes("thread: starter went on")?);
    let all = trials as f64;
    let (process, thread) = (process_ran == all && process_on == all, thread_ran == all && thread_on == all);
    Ok(Judged {
        answer: String::new(),
        node: Vec::new(),
        measured: vec![format!(
            "{}: the program ran and its starter went on in {} of {trials}",
            winners(process, thread),
            process_ran.min(process_on)
        )],
        verdict: process_or_thread(process, thread),
        why: format!(
            "As a process: ran {process_ran}, starter went on {process_on} of {trials}. By exec in a thread: ran \
             {thread_ran}, starter went on {thread_on} of {trials}."
        ),
    })
}

fn crash_safety(report: &[Experiment]) -> Result<Judged, Missing> {
    let crash = find(report, "crash.survivors")?;
    let survived = |boundary: &str| {
        let arms = crash.arms.iter().filter(|arm| arm.unit == OTHERS_ALIVE && arm.name.starts_with(boundary));
        arms.fold((0.0, 0), |(alive, trials), arm| {
            (alive + arm.samples.iter().sum::<f64>(), trials + arm.samples.len())
        })
    };
    let ((process, process_trials), (thread, thread_trials)) = (survived("process: "), survived("thread: "));
    if process_trials == 0 || thread_trials == 0 {
        return Err(Missing("crash.survivors has no arm that counts survivors".to_owned()));
    }
    let safe = (process == process_trials as f64, thread == thread_trials as f64);
    let price = find(report, "overhead.create").and_then(|create| ratio(create, ["process: fork", "thread"]));
    let price =
        price.map(|ratio| format!(" The price: a forked process takes {} as long to make.", super::times(ratio)));
    Ok(Judged {
        answer: String::new(),
        node: Vec::new(),
        measured: vec![format!("{}: others alive after {process} of {process_trials} faults", winners(safe.0, safe.1))],
        verdict: process_or_thread(safe.0, safe.1),
        why: format!(
            "Others were alive after {process} of {process_trials} faults in a process, {thread} of {thread_trials} in \
             a thread.{}",
            price.unwrap_or_default()
        ),
    })
}
