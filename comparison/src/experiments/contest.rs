//! The candidates against each other, with the same jobs.

use serde_json::{Value, json};

use super::candidates::{CANDIDATES, Cost, Jobs};
use super::{Plan, Samples, Stop, node, work};
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

/// Like jobs in the real Node.js, in the ways that are usual there: its Workers and children are started before, its file
/// stays open. The first of the `ways` is the loop itself.
pub(super) fn in_node(plan: &Plan, rounds: usize, jobs: &Value, ways: &[&str]) -> Result<Samples, Stop> {
    let mut node = Node::start(&plan.program, include_str!("../node/contest.js"))?;
    node.ask::<u8>(jobs)?;
    let arms: Vec<_> = ways.iter().map(|way| (format!("node {way}"), json!({ "by": way }))).collect();
    let pairs: Vec<_> = arms[1..].iter().map(|(other, _)| [arms[0].0.as_str(), other.as_str()]).collect();
    node::take(plan, node, ("ns", FIGURES), &arms, &pairs, rounds)
}
