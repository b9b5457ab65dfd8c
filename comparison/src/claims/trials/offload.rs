//! The strategies against each other, with the same jobs.

use serde_json::{Value, json};

use super::candidates::{CONTROL, Cost, INLINE, Jobs, POOL, PROCESS, STRATEGIES, THREAD};
use crate::measure::bench::Bench;
use crate::measure::plan::{Plan, Samples, Stop};
use crate::measure::work;
use crate::node::{self, Node};

pub(crate) const TOTAL: &str = "total";
pub(crate) const DELAY: &str = "loop delay";
const FIGURES: [&str; 2] = [TOTAL, DELAY];

/// Every strategy does all the jobs; its total time, and the longest delay of the loop meanwhile.
pub(super) fn measure_all(plan: &Plan, jobs: &Jobs, expected: u64) -> Result<Samples, Stop> {
    let mut bench = Bench::of(plan, "ns", &FIGURES);
    for strategy in &STRATEGIES {
        bench.arm_of(strategy.name, || {
            let Cost { total, delay, result } = strategy.run(jobs)?;
            work::check(result, expected)?;
            Ok([total, delay].map(|time| time.as_nanos() as f64).to_vec())
        });
    }
    bench.pair(CONTROL, INLINE);
    [THREAD, PROCESS, POOL].into_iter().for_each(|other| bench.pair(INLINE, other));
    [PROCESS, POOL].into_iter().for_each(|other| bench.pair(other, THREAD));
    bench.run()
}

/// Like jobs in the real Node.js: its Workers and children are started before, its file stays open. The first way is
/// the loop itself; the last pairs are between the others.
pub(super) fn in_node(plan: &Plan, jobs: &Value, ways: &[(&str, &str)]) -> Result<Samples, Stop> {
    let mut node = Node::start(&plan.program, include_str!("../../node/contest.js"))?;
    node.ask::<u8>(jobs)?;
    let inline = ways[0].0;
    let control = "control: node inline, again";
    let mut arms: Vec<_> = ways.iter().map(|(name, by)| ((*name).to_owned(), json!({ "by": by }))).collect();
    arms.push((control.to_owned(), json!({ "by": ways[0].1 })));
    let mut pairs = vec![[control, inline]];
    pairs.extend(ways[1..].iter().map(|(other, _)| [inline, *other]));
    if let [_, (first, _), (second, _)] = ways {
        pairs.push([*second, *first]);
    }
    node::take(plan, node, ("ns", &FIGURES), &arms, &pairs)
}
