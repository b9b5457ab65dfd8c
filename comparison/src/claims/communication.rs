//! The row "Communication".

use super::assess::{Condition, Holds, find, median};
use super::trials::communication::{ADVANCED, PIPE, POSTED, SENT, SIZES, USUAL, in_node as node_trips, round_trips};
use super::words::{span, time};
use super::{Claim, Finding, Missing, Side, spec};
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
const ABOUT: &str = "there and back over a pipe, and over channels";
const ABOUT_NODE: &str = "send and postMessage, there and back, by size";

pub(super) const CLAIM: Claim = Claim {
    key: "Communication",
    document: &["Slower (via IPC)", "Faster (shared context)"],
    rule: "A condition for each way, size of message and placement: there and back to a process takes clearly more than \
        to a thread. The send() of Node.js is judged with JSON and with its advanced serialization.",
    rust: Side {
        evidence: &[SETTINGS[0].0, SETTINGS[1].0, SETTINGS[2].0, SETTINGS[3].0, SETTINGS[4].0, SETTINGS[5].0],
        judge: in_rust,
    },
    node: Side { evidence: &[NODE[0].0, NODE[1].0], judge: in_node },
    experiments: &[
        spec(SETTINGS[0].0, ABOUT, [0.4, 2.0], |plan| round_trips(plan, 0, SameCpu)),
        spec(SETTINGS[1].0, ABOUT, [0.4, 2.0], |plan| round_trips(plan, 0, TwoCpus)),
        spec(SETTINGS[2].0, ABOUT, [0.3, 1.5], |plan| round_trips(plan, 1, SameCpu)),
        spec(SETTINGS[3].0, ABOUT, [0.3, 1.5], |plan| round_trips(plan, 1, TwoCpus)),
        spec(SETTINGS[4].0, ABOUT, [0.3, 1.5], |plan| round_trips(plan, 2, SameCpu)),
        spec(SETTINGS[5].0, ABOUT, [0.3, 1.5], |plan| round_trips(plan, 2, TwoCpus)),
        spec(NODE[0].0, ABOUT_NODE, [0.6, 3.0], |plan| node_trips(plan, SameCpu)),
        spec(NODE[1].0, ABOUT_NODE, [0.6, 3.0], |plan| node_trips(plan, TwoCpus)),
    ],
};

fn in_rust(report: &[Experiment]) -> Result<Finding, Missing> {
    let first = find(report, SETTINGS[0].0)?;
    let (mut same, mut usual) = (Vec::new(), Vec::new());
    for (id, setting) in SETTINGS {
        let Ok(done) = find(report, id) else { continue };
        let more = |[process, thread]: [&str; 2]| {
            let [by_process, by_thread] = [process, thread].map(|arm| arm.replace(": ", " by "));
            Condition::more(done, process, thread, &format!("{by_process} to {by_thread}, {setting}"))
        };
        same.push(more(PIPE)?);
        usual.push(more(USUAL)?);
    }
    let took = |arm: &str| median(first, arm).map(time);
    let ([pipe, thread_pipe], [ipc_channel, channel]) = (PIPE, USUAL);
    let cells = vec![
        format!("64\u{a0}B and back, one CPU: pipe {}, ipc-channel {}", took(pipe)?, took(ipc_channel)?),
        format!("pipe {}, channel {}", took(thread_pipe)?, took(channel)?),
    ];
    let mechanism_costs =
        same.iter().all(|one| one.holds == Holds::No) && usual.iter().any(|one| one.holds == Holds::Yes);
    let conditions = [same, usual].concat();
    let answer = match mechanism_costs {
        true => "The mechanism costs, not the boundary: over the same pipe both take the same time.".to_owned(),
        false => format!("A process takes {} as long as a thread, by mechanism, size and placement.", all(&conditions)),
    };
    Ok(Finding::of(conditions, cells, answer))
}

/// From the smallest to the largest ratio.
fn all(conditions: &[Condition]) -> String {
    span(conditions.iter().filter_map(|condition| condition.ratio.as_ref()))
}

fn in_node(report: &[Experiment]) -> Result<Finding, Missing> {
    let first = find(report, NODE[0].0)?;
    let mut conditions = Vec::new();
    for (id, placement) in NODE {
        let Ok(done) = find(report, id) else { continue };
        for (size, ..) in SIZES {
            for (way, name) in [(SENT, "send()"), (ADVANCED, "advanced send()")] {
                let what = format!("{name} to postMessage(), {size}, {placement}");
                let [above, below] = [way, POSTED].map(|way| format!("{way}, {size}"));
                conditions.push(Condition::more(done, &above, &below, &what)?);
            }
        }
    }
    let small = SIZES[0].0;
    let took = |way: &str| median(first, &format!("{way}, {small}")).map(time);
    let posted = format!("postMessage {}", took(POSTED)?);
    let cells = vec![format!("{small} and back, {}: send {}", NODE[0].1, took(SENT)?), posted];
    let answer = format!("send() to a child process takes {} as long as postMessage() to a Worker.", all(&conditions));
    Ok(Finding::of(conditions, cells, answer))
}
