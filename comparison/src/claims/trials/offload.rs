//! Ways to have a loop's jobs done, against each other with the same jobs.

use serde_json::{Value, json};

use super::candidates::{CONTROL, Job, run};
use crate::measure::bench::Bench;
use crate::measure::placement::pin;
use crate::measure::plan::{Plan, Samples, Stop};
use crate::node::{self, Node};

const FIGURES: [&str; 2] = ["total", "loop delay"];

/// The arm of the time that a way took.
pub(crate) fn total(way: &str) -> String {
    format!("{way}: {}", FIGURES[0])
}

/// The arm of the longest delay of the loop meanwhile.
pub(crate) fn delay(way: &str) -> String {
    format!("{way}: {}", FIGURES[1])
}

/// What is compared of some ways, of which the first is inline: the loop's delay and the time of the second to those
/// inline, and the time of each further one to that of the second.
fn pairs(ways: &[&str], control: &str) -> Vec<[String; 2]> {
    let (inline, second) = (ways[0], ways[1]);
    let own = [[total(control), total(inline)], [delay(inline), delay(second)], [total(second), total(inline)]];
    let further = ways[2..].iter().map(|other| [total(other), total(second)]);
    own.into_iter().chain(further).collect()
}

/// Each of the ways does all the jobs.
pub(super) fn measure(plan: &Plan, jobs: &[Job], expected: u64, ways: &[&str]) -> Result<Samples, Stop> {
    let mut bench = Bench::of(plan, "ns", &FIGURES);
    for way in ways.iter().chain([&CONTROL]) {
        bench.arm_of(*way, || {
            let figures = run(way, jobs, expected)?;
            Ok(figures.map(|time| time.as_nanos() as f64).to_vec())
        });
    }
    pairs(ways, CONTROL).iter().for_each(|[above, below]| bench.pair(above, below));
    bench.run()
}

/// Like jobs in the real Node.js: its Workers and children are started before, its file stays open. A way is its name,
/// and what the script calls it. Each Worker and each child is kept on a CPU: left to the scheduler, two of them may share
/// one for a while.
pub(super) fn in_node(plan: &Plan, jobs: &Value, ways: &[(&str, &str)]) -> Result<Samples, Stop> {
    let mut node = Node::start(&plan.program, include_str!("../../node/contest.js"))?;
    let crews: Vec<Vec<i32>> = node.ask(jobs)?;
    for crew in crews {
        crew.iter().zip(plan.cpus.iter().cycle()).try_for_each(|(tid, cpu)| pin(*tid, *cpu))?;
    }
    let control = "control: node inline, again";
    let all = ways.iter().copied().chain([(control, ways[0].1)]);
    let arms: Vec<_> = all.map(|(name, by)| (name, json!({ "by": by }))).collect();
    let names: Vec<&str> = ways.iter().map(|(name, _)| *name).collect();
    node::take(plan, node, &FIGURES, &arms, &pairs(&names, control))
}
