//! The row "CPU-intensive operations".

use super::assess::{Condition, Holds, Want, find, median, verdict};
use super::trials::loop_delay::{self as arms, DELAY, TOTAL};
use super::words::time;
use super::{Claim, Finding, Missing, Side, Verdict, node, rust};
use crate::measure::samples::Experiment;

/// The size that is judged: a task that is worth the name.
const JUDGED: &str = "loop_delay.10ms";
pub(super) const NODE: &str = "node.loop_delay.10ms";
const ABOUT: &str = "two tasks that come to a loop: inline, thread, process, pool";

/// All sizes of our tasks, for the break-even: illustrates.
pub(super) const BY_SIZE: [(&str, &str); 3] =
    [("loop_delay.100us", "0.1 ms"), ("loop_delay.1ms", "1 ms"), (JUDGED, "10 ms")];

pub(super) const CLAIM: Claim = Claim {
    key: "CPU-intensive operations",
    document: &["`worker_threads`"],
    rule: "With two tasks of 10 ms. First: inline the loop is clearly later than with threads; if not, contradicted. Then, \
        for each alternative (process, pool): it finishes clearly later than threads do. Supported when all hold; \
        depends when an alternative does as well.",
    rust: Side { evidence: &[JUDGED], judge: in_rust },
    node: Side { evidence: &[NODE], judge: in_node },
    experiments: &[
        rust(BY_SIZE[0].0, ABOUT, [0.1, 1.0], |plan| arms::tasks(plan, 100_000)),
        rust(BY_SIZE[1].0, ABOUT, [0.2, 1.5], |plan| arms::tasks(plan, 1_000_000)),
        rust(JUDGED, ABOUT, [1.8, 4.0], |plan| arms::tasks(plan, 10_000_000)),
        node(NODE, "two tasks that come to Node's loop: inline, Workers, children", [1.8, 4.0], |plan| {
            arms::tasks_in_node(plan, 10_000_000)
        }),
    ],
};

fn in_rust(report: &[Experiment]) -> Result<Finding, Missing> {
    judge(find(report, JUDGED)?, [arms::INLINE, arms::THREAD], &[(arms::PROCESS, "process"), (arms::POOL, "pool")])
}

fn in_node(report: &[Experiment]) -> Result<Finding, Missing> {
    judge(find(report, NODE)?, [arms::NODE_INLINE, arms::NODE_WORKER], &[(arms::NODE_CHILD, "process")])
}

fn judge(done: &Experiment, [inline, thread]: [&str; 2], others: &[(&str, &str)]) -> Result<Finding, Missing> {
    let figure = |arm: &str, figure: &str| format!("{arm}: {figure}");
    let (late_inline, late) = (figure(inline, DELAY), figure(thread, DELAY));
    let mut conditions =
        vec![Condition::ratio(done, &late_inline, &late, Want::More, "loop's delay, inline to threads")?];
    for (other, name) in others {
        let (above, below) = (figure(other, TOTAL), figure(thread, TOTAL));
        conditions.push(Condition::ratio(done, &above, &below, Want::More, &format!("time, {name} to threads"))?);
    }
    let as_well = conditions[1..].iter().zip(others).filter(|(one, _)| one.holds == Holds::No);
    let as_well: Vec<&str> = as_well.map(|(_, (_, name))| *name).collect();
    let (late_inline, late) = (time(median(done, &late_inline)?), time(median(done, &late)?));
    let alternatives = match as_well.as_slice() {
        [] => String::new(),
        names => format!("; so with {}", names.join(", ")),
    };
    let cell = format!("loop {late} late, not {late_inline}{alternatives}");
    let answer = match as_well.is_empty() {
        true => format!("Threads keep the loop free: {late} late instead of {late_inline}."),
        false => format!(
            "Threads keep the loop free, but {} does as well: it is no choice for threads.",
            as_well.join(" or ")
        ),
    };
    let verdict = if conditions[0].holds == Holds::No { Verdict::Contradicted } else { verdict(&conditions) };
    Ok(Finding { conditions, verdict, cells: vec![cell], answer })
}
