//! The row "Communication".

use super::assess::{Condition, Holds, Want, find, median};
use super::trials::communication::{NODE_WAYS, SAME, SIZES, USUAL, in_node as node_trips, round_trips};
use super::words::time;
use super::{Claim, Finding, Missing, Side, Verdict, node, rust};
use crate::measure::placement::Placement::{SameCpu, TwoCpus};
use crate::measure::samples::Experiment;

/// A setting each: the size and the placement of both ends.
pub(super) const SETTINGS: [(&str, &str); 6] = [
    ("communication.round_trip.64B.same_cpu", "64 B, one CPU"),
    ("communication.round_trip.64B.two_cpus", "64 B, two CPUs"),
    ("communication.round_trip.64KiB.same_cpu", "64 KiB, one CPU"),
    ("communication.round_trip.64KiB.two_cpus", "64 KiB, two CPUs"),
    ("communication.round_trip.1MiB.same_cpu", "1 MiB, one CPU"),
    ("communication.round_trip.1MiB.two_cpus", "1 MiB, two CPUs"),
];
pub(super) const NODE: [(&str, &str); 2] =
    [("node.communication.same_cpu", "one CPU"), ("node.communication.two_cpus", "two CPUs")];
const ABOUT: &str = "there and back over pipe, socket, shared memory, channels";
const ABOUT_NODE: &str = "send and postMessage, there and back, by size";

pub(super) const CLAIM: Claim = Claim {
    key: "Communication",
    document: &["Slower (via IPC)", "Faster (shared context)"],
    rule: "A condition for each way, size of message and placement: there and back to a process takes clearly more than \
        to a thread. Supported when all hold, contradicted when none does, depends when some do and others do not.",
    rust: Side {
        evidence: &[SETTINGS[0].0, SETTINGS[1].0, SETTINGS[2].0, SETTINGS[3].0, SETTINGS[4].0, SETTINGS[5].0],
        judge: in_rust,
    },
    node: Side { evidence: &[NODE[0].0, NODE[1].0], judge: in_node },
    experiments: &[
        rust(SETTINGS[0].0, ABOUT, [0.5, 2.0], |plan| round_trips(plan, 0, SameCpu)),
        rust(SETTINGS[1].0, ABOUT, [0.5, 2.0], |plan| round_trips(plan, 0, TwoCpus)),
        rust(SETTINGS[2].0, ABOUT, [0.4, 1.5], |plan| round_trips(plan, 1, SameCpu)),
        rust(SETTINGS[3].0, ABOUT, [0.4, 1.5], |plan| round_trips(plan, 1, TwoCpus)),
        rust(SETTINGS[4].0, ABOUT, [0.4, 1.5], |plan| round_trips(plan, 2, SameCpu)),
        rust(SETTINGS[5].0, ABOUT, [0.4, 1.5], |plan| round_trips(plan, 2, TwoCpus)),
        node(NODE[0].0, ABOUT_NODE, [1.0, 3.0], |plan| node_trips(plan, SameCpu)),
        node(NODE[1].0, ABOUT_NODE, [1.0, 3.0], |plan| node_trips(plan, TwoCpus)),
    ],
};

fn in_rust(report: &[Experiment]) -> Result<Finding, Missing> {
    let (mut conditions, mut done, mut missing) = (Vec::new(), Vec::new(), None);
    for (id, setting) in SETTINGS {
        match find(report, id) {
            Ok(experiment) => done.push((experiment, setting)),
            Err(why) => missing = missing.or(Some(why)),
        }
    }
    for (experiment, setting) in &done {
        for [process, thread] in SAME.into_iter().chain([USUAL]) {
            let mechanism = process.trim_start_matches("process: ");
            let what = format!("{mechanism}, {setting}, process to thread");
            conditions.push(Condition::ratio(experiment, process, thread, Want::More, &what)?);
        }
    }
    let Some((small, setting)) = done.first() else { return Err(missing.unwrap_or(Missing(String::new()))) };
    let took = |arm: &str| median(small, arm).map(time);
    let [pipe, usual] = [SAME[0], USUAL];
    let cells = vec![
        format!("{setting}: pipe {}, ipc-channel {}", took(pipe[0])?, took(usual[0])?),
        format!("pipe {}, channel {}", took(pipe[1])?, took(usual[1])?),
    ];
    let ways = SAME.len() + 1;
    let usual_slower = |holds| conditions.iter().skip(ways - 1).step_by(ways).any(|one| one.holds == holds);
    let pipe_slower = conditions.iter().step_by(ways).any(|one| one.holds == Holds::Yes);
    let finding = Finding::of(conditions.clone(), cells, String::new());
    let answer = match finding.verdict {
        Verdict::Depends if !pipe_slower && usual_slower(Holds::Yes) => {
            "The mechanism costs, not the boundary: over the same pipe a process is no slower; over its usual way it is."
        }
        Verdict::Depends => "It depends on the mechanism, the size and the placement: see why.",
        Verdict::Supported => "Every way to a process is slower than the same way, or the usual way, to a thread.",
        Verdict::Contradicted => "No way to a process is clearly slower than to a thread.",
        Verdict::Unresolved => "Too close to tell.",
    };
    Ok(Finding { answer: answer.to_owned(), ..finding })
}

fn in_node(report: &[Experiment]) -> Result<Finding, Missing> {
    let done: Vec<_> = NODE.iter().filter_map(|(id, setting)| Some((find(report, id).ok()?, *setting))).collect();
    let Some((first, placement)) = done.first() else {
        return Err(find(report, NODE[0].0).err().unwrap_or(Missing(String::new())));
    };
    let [(posted, _), _, (sent, _), (advanced, _)] = NODE_WAYS;
    let mut conditions = Vec::new();
    for (experiment, placement) in &done {
        for (size, ..) in SIZES {
            for way in [sent, advanced] {
                let what = format!("{} to postMessage, {size}, {placement}", way.trim_start_matches("node process: "));
                let (above, below) = (format!("{way}, {size}"), format!("{posted}, {size}"));
                conditions.push(Condition::ratio(experiment, &above, &below, Want::More, &what)?);
            }
        }
    }
    let took = |way: &str| median(first, &format!("{way}, {}", SIZES[0].0)).map(time);
    let cells =
        vec![format!("{}, {placement}: send {}", SIZES[0].0, took(sent)?), format!("postMessage {}", took(posted)?)];
    let finding = Finding::of(conditions, cells, String::new());
    let answer = match finding.verdict {
        Verdict::Supported => "send() to a child process is slower than postMessage() to a Worker, at every size.",
        Verdict::Contradicted => "send() to a child process is not slower than postMessage() to a Worker.",
        Verdict::Depends => "Whether send() is slower than postMessage() depends on size and serialization: see why.",
        Verdict::Unresolved => "Too close to tell.",
    };
    Ok(Finding { answer: answer.to_owned(), ..finding })
}
