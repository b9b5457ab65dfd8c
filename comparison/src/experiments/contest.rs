//! The candidates against each other, with the same jobs.

use std::cell::RefCell;

use serde_json::{Value, json};

use super::candidates::{CANDIDATES, Cost, Jobs};
use super::{Plan, Samples, Stop, work};
use crate::bench::Bench;
use crate::node::Node;

const FIGURES: [&str; 2] = ["total", "loop delay"];

/// Every candidate does all the jobs, again and again; its total time, and the longest delay of the loop meanwhile.
/// Each is compared with every other, the control with what it repeats.
pub(super) fn compete(plan: &Plan, rounds: usize, jobs: &Jobs, expected: u64) -> Result<Samples, Stop> {
    let mut bench = Bench::of(plan, "ns", FIGURES);
    for candidate in &CANDIDATES {
        bench.arm_of(candidate.name, || {
            let Cost { total, delay, result } = candidate.run(jobs)?;
            work::check(result, expected)?;
            Ok([total, delay].map(|time| time.as_nanos() as f64))
        });
    }
    for (n, below) in CANDIDATES.iter().enumerate() {
        for above in &CANDIDATES[n + 1..] {
            if !above.name.starts_with("control:") || n == 0 {
                bench.pair(above.name, below.name);
            }
        }
    }
    bench.run(rounds)
}

/// The same in the real Node.js, whose own way to do the `jobs` is the first of the `ways`.
pub(super) fn in_node(plan: &Plan, rounds: usize, jobs: &Value, ways: &[&str]) -> Result<Samples, Stop> {
    let node = RefCell::new(Node::start(&plan.program, include_str!("../node/contest.js"))?);
    node.borrow_mut().ask::<u8>(jobs)?;
    let mut bench = Bench::of(plan, "ns", FIGURES);
    for way in ways {
        let (node, question) = (&node, json!({ "by": way }));
        bench.arm_of(format!("node {way}"), move || node.borrow_mut().ask(&question));
    }
    for way in &ways[1..] {
        bench.pair(&format!("node {}", ways[0]), &format!("node {way}"));
    }
    let samples = bench.run(rounds)?;
    node.borrow_mut().ask::<u8>(&json!({}))?; // its children end, and are waited for
    Ok(samples)
}
