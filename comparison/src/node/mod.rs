//! The real Node.js as a partner that answers questions.

use std::cell::RefCell;
use std::io;

use process_basics::spawn::End;
use serde_json::Value;

use crate::measure::bench::Bench;
use crate::measure::plan::{Plan, Samples, Stop};

mod partner;
pub use partner::Node;

/// Times that a script measures: it is asked the question of each arm in turn, and answers with its figures.
///
/// # Errors
/// Those of the script; when Node.js does not end well.
pub fn take(
    plan: &Plan,
    node: Node,
    figures: &'static [&'static str],
    arms: &[(impl AsRef<str>, Value)],
    pairs: &[[impl AsRef<str>; 2]],
) -> Result<Samples, Stop> {
    let node = RefCell::new(node);
    let mut bench = Bench::of(plan, "ns", figures);
    for (name, question) in arms {
        bench.arm_of(name.as_ref(), || node.borrow_mut().ask(question));
    }
    pairs.iter().for_each(|[above, below]| bench.pair(above.as_ref(), below.as_ref()));
    let samples = bench.run()?;
    match node.into_inner().end()? {
        End::Exited(0) => Ok(samples),
        end => Err(io::Error::other(format!("node {end}")).into()),
    }
}

/// What a Node.js counts once: a number for each name. Each process of an experiment has a fresh Node.js, since a pool
/// that was started stays.
///
/// # Errors
/// Those of the script.
pub fn count(plan: &Plan, script: &str, question: &Value, names: &[String]) -> Result<Samples, Stop> {
    let mut samples = Samples::default();
    let mut node = Node::start(&plan.program, script)?;
    let counts: Vec<f64> = node.ask(question)?;
    node.end()?; // its children have, too
    for (name, count) in names.iter().zip(counts) {
        samples.add(name, "count", vec![count]);
    }
    Ok(samples)
}
