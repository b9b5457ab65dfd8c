//! The document's own modules, asked in the real Node.js, where it is installed.

use std::cell::RefCell;
use std::io;

use process_basics::spawn::End;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Plan, Samples, Stop};
use crate::bench::Bench;
use crate::node::Node;

/// Samples of a script that is asked a question for each arm, and answers with its figures.
pub(super) fn take<const N: usize>(
    plan: &Plan,
    node: Node,
    (unit, figures): (&'static str, [&'static str; N]),
    arms: &[(String, Value)],
    pairs: &[[&str; 2]],
    rounds: usize,
) -> Result<Samples, Stop>
where
    [f64; N]: DeserializeOwned,
{
    let node = RefCell::new(node);
    let mut bench = Bench::of(plan, unit, figures);
    for (name, question) in arms {
        bench.arm_of(name, || node.borrow_mut().ask(question));
    }
    pairs.iter().for_each(|[above, below]| bench.pair(above, below));
    let samples = bench.run(rounds)?;
    match node.into_inner().end()? {
        End::Exited(0) => Ok(samples),
        end => Err(io::Error::other(format!("node {end}")).into()),
    }
}

/// A Node.js of its own for every trial answers with a number for each name: a pool once started stays.
fn ask<const N: usize>(
    plan: &Plan,
    script: &str,
    question: Value,
    unit: &'static str,
    names: [&'static str; N],
) -> Result<Samples, Stop>
where
    [f64; N]: DeserializeOwned,
{
    if !plan.node {
        return Err(Stop::CannotHere("Node.js is not installed, does not work, or was not to be used".to_owned()));
    }
    let mut bench = Bench::of(plan, unit, names);
    bench.arm_of("", || {
        let mut node = Node::start(&plan.program, script)?;
        let told = node.ask(&question)?;
        node.end()?; // its children have, too
        Ok(told)
    });
    bench.run(plan.rounds(2, 8))
}

pub(super) fn modules(plan: &Plan) -> Result<Samples, Stop> {
    let names = ["process: fork, own pid", "thread: Worker, own pid", "thread: Worker, own tid"];
    ask(plan, include_str!("../node/modules.js"), json!({}), "yes", names)
}

pub(super) fn architecture(plan: &Plan) -> Result<Samples, Stop> {
    let names = [
        "kinds of callback",
        "threads that ran them",
        "threads added by network callbacks",
        "threads added by the first file",
        "threads added by two workers",
        "thread ids that two workers and their starter have",
        "process ids that they have",
    ];
    ask(plan, include_str!("../node/architecture.js"), json!({}), "count", names)
}

pub(super) fn cluster(plan: &Plan) -> Result<Samples, Stop> {
    let names = ["ports that two workers listen on", "workers that answered on one port", "primaries that answered"];
    ask(plan, include_str!("../node/cluster.js"), json!({ "workers": 2, "connections": 20 }), "count", names)
}
