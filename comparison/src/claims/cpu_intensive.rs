//! The row "CPU-intensive operations".

use super::assess::{Condition, Holds, find, median, verdict};
use super::trials::loop_delay::{self as arms, delay, total};
use super::words::time;
use super::{Claim, Finding, Missing, Side, Verdict, spec};
use crate::measure::samples::Experiment;

pub(super) const TASKS: &str = "loop_delay.10ms";
pub(super) const NODE: &str = "node.loop_delay.10ms";

pub(super) const CLAIM: Claim = Claim {
    key: "CPU-intensive operations",
    document: &["`worker_threads`"],
    rule: "With two tasks of 10 ms. First: inline the loop is clearly later than with threads; if not, contradicted. Then, \
        for each alternative (process, pool): it finishes clearly later than threads do.",
    rust: Side {
        evidence: &[TASKS],
        judge: |report| {
            let others = [(arms::PROCESS, "process"), (arms::POOL, "pool")];
            judge(find(report, TASKS)?, [arms::INLINE, arms::THREAD], &others)
        },
    },
    node: Side {
        evidence: &[NODE],
        judge: |report| {
            judge(find(report, NODE)?, [arms::NODE_INLINE, arms::NODE_WORKER], &[(arms::NODE_CHILD, "process")])
        },
    },
    experiments: &[
        spec(TASKS, "two tasks that come to a loop: inline, thread, process, pool", [0.8, 3.5], arms::tasks),
        spec(NODE, "two tasks that come to Node's loop: inline, Workers, children", [0.8, 3.5], arms::tasks_in_node),
    ],
};

fn judge(done: &Experiment, [inline, thread]: [&str; 2], others: &[(&str, &str)]) -> Result<Finding, Missing> {
    let mut conditions =
        vec![Condition::more(done, &delay(inline), &delay(thread), "loop's delay, inline to threads")?];
    for (other, name) in others {
        let what = format!("time, {name} to threads");
        conditions.push(Condition::more(done, &total(other), &total(thread), &what)?);
    }
    let as_fast = conditions[1..].iter().zip(others).filter(|(one, _)| one.holds == Holds::No);
    let as_fast: String = as_fast.map(|(_, (_, name))| format!("; a {name} is as fast")).collect();
    let (late_inline, late) = (time(median(done, &delay(inline))?), time(median(done, &delay(thread))?));
    let cell = format!("loop {late} late instead of {late_inline}");
    let answer = format!("With threads the loop is {late} late, not {late_inline}{as_fast}.");
    let verdict = if conditions[0].holds == Holds::No { Verdict::Contradicted } else { verdict(&conditions) };
    Ok(Finding { conditions, verdict, cells: vec![cell], answer })
}
