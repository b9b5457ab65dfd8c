//! The document's own modules, asked in the real Node.js, where it is installed.

use std::io;

use serde_json::json;

use super::{Outcome, Plan, Spec};
use crate::node::Node;
use crate::report::Boundary::{self, Process, Thread};
use crate::stats;

pub(super) const SPECS: &[Spec] = &[
    Spec {
        id: "node.modules",
        about: "whose process are child_process.fork and Worker? (real Node.js)",
        takes: [0.3, 1.5],
        deadline: 60,
        run: modules,
    },
    Spec {
        id: "node.architecture",
        about: "which threads does Node.js have, and for what?",
        takes: [0.2, 1.0],
        deadline: 60,
        run: architecture,
    },
    Spec {
        id: "node.cluster",
        about: "how many processes answer on one port of Node's cluster?",
        takes: [0.3, 1.8],
        deadline: 60,
        run: cluster,
    },
];

/// A Node.js of its own for every trial answers with a number for each arm: a pool once started stays.
fn ask<const N: usize>(
    plan: &Plan,
    script: &str,
    question: &serde_json::Value,
    unit: &str,
    arms: [(&str, Boundary); N],
) -> io::Result<Outcome> {
    if !plan.node {
        return Ok(Outcome::Skipped("Node.js is not installed, or was not to be used".to_owned()));
    }
    let mut samples = vec![Vec::new(); N];
    for _ in 0..plan.rounds(2, 8) {
        let told: Vec<f64> = Node::start(&plan.program, script)?.ask(question)?;
        if told.len() != N {
            return Err(io::Error::other(format!("node told {told:?} of {N} things")));
        }
        samples.iter_mut().zip(told).for_each(|(samples, told)| samples.push(told));
    }
    let arm = |((name, boundary), samples)| stats::arm(name, boundary, unit, samples);
    Ok(Outcome::counted(arms.into_iter().zip(samples).map(arm).collect()))
}

fn modules(plan: &Plan) -> io::Result<Outcome> {
    let arms =
        [("process: fork, own pid", Process), ("thread: Worker, own pid", Thread), ("thread: Worker, own tid", Thread)];
    ask(plan, include_str!("../node/modules.js"), &json!({}), "own id", arms)
}

fn architecture(plan: &Plan) -> io::Result<Outcome> {
    let arms = [
        ("kinds of callback", Boundary::None),
        ("threads that ran them", Boundary::None),
        ("threads added by network callbacks", Boundary::None),
        ("threads added by the first file", Thread),
        ("threads added by two workers", Thread),
        ("thread ids that two workers and their starter have", Thread),
        ("process ids that they have", Thread),
    ];
    ask(plan, include_str!("../node/architecture.js"), &json!({}), "count", arms)
}

fn cluster(plan: &Plan) -> io::Result<Outcome> {
    let arms = [
        ("ports that two workers listen on", Process),
        ("workers that answered on one port", Process),
        ("primaries that answered", Process),
    ];
    ask(plan, include_str!("../node/cluster.js"), &json!({ "workers": 2, "connections": 20 }), "count", arms)
}
