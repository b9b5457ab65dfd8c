//! The row "Performance".

use super::assess::{Condition, Holds, find, median, ratio};
use super::cpu_intensive::{NODE as NODE_TASKS, TASKS};
use super::trials::{isolation as calm, loop_delay as tasks};
use super::words::{time, times, with_interval};
use super::{Claim, Finding, Missing, Side, spec};
use crate::measure::placement::Placement::{SameCpu, TwoCpus};
use crate::measure::samples::Experiment;

const ISOLATION: [(&str, &str); 2] =
    [("cpu.isolation.same_cpu", "same CPU"), ("cpu.isolation.two_cpus", "another CPU")];
const NODE_ISOLATION: (&str, &str) = ("node.isolation", "same CPU");
const ABOUT: &str = "slowest 1 % of answers (p99) beside a busy thread or process";

pub(super) const CLAIM: Claim = Claim {
    key: "Performance",
    document: &["Good for CPU isolation", "Good for parallel execution in same process"],
    rule: "Conditions: a victim answers requests, and its p99 (99 of 100 answers are faster) is clearly longer beside a \
        busy thread than beside a busy process, on each placement; two tasks of 10 ms take clearly longer one after \
        another than on a thread each.",
    rust: Side {
        evidence: &[ISOLATION[0].0, ISOLATION[1].0, TASKS],
        judge: |report| {
            let beside = [calm::BESIDE_THREAD, calm::BESIDE_PROCESS];
            judge(report, &ISOLATION, beside, TASKS, [tasks::INLINE, tasks::THREAD])
        },
    },
    node: Side {
        evidence: &[NODE_ISOLATION.0, NODE_TASKS],
        judge: |report| {
            let beside = [calm::NODE_BESIDE_WORKER, calm::NODE_BESIDE_CHILD];
            judge(report, &[NODE_ISOLATION], beside, NODE_TASKS, [tasks::NODE_INLINE, tasks::NODE_WORKER])
        },
    },
    experiments: &[
        spec(ISOLATION[0].0, ABOUT, [0.6, 4.0], |plan| calm::isolation(plan, SameCpu)),
        spec(ISOLATION[1].0, ABOUT, [0.4, 3.0], |plan| calm::isolation(plan, TwoCpus)),
        spec(NODE_ISOLATION.0, "Node's main thread beside a busy Worker or child", [0.7, 4.0], calm::in_node),
    ],
};

/// `isolation`: experiments, and where the victim's neighbour runs. The first must have been done.
fn judge(
    report: &[Experiment],
    isolation: &[(&str, &str)],
    [beside_thread, beside_process]: [&str; 2],
    two_tasks: &str,
    ways: [&str; 2],
) -> Result<Finding, Missing> {
    let (first, place) = isolation[0];
    let (first, two_tasks) = (find(report, first)?, find(report, two_tasks)?);
    let mut conditions = Vec::new();
    for (id, place) in isolation {
        let what = format!("victim's p99, beside a thread to beside a process, {place}");
        if let Ok(done) = find(report, id) {
            conditions.push(Condition::more(done, beside_thread, beside_process, &what)?);
        }
    }
    let isolates = conditions.iter().any(|one| one.holds == Holds::Yes);
    let [inline, threads] = ways.map(tasks::total);
    let gains = Condition::more(two_tasks, &inline, &threads, "two tasks, one after another to a thread each")?;
    let [thread, process] = [time(median(first, beside_thread)?), time(median(first, beside_process)?)];
    let gain = ratio(two_tasks, &inline, &threads)?;
    let cells = vec![
        format!("{} {place}: 99\u{a0}% of answers within {process}; beside a thread, {thread}", conditions[0].mark()),
        format!("{} 2 threads do the work {} as fast as 1", gains.mark(), with_interval(&gain)),
    ];
    conditions.push(gains);
    let slows = if isolates { "less than a busy thread" } else { "as a busy thread does" };
    let gain = times(gain.median);
    let answer = format!("A busy process slows others {slows}; 2 threads work {gain} as fast as one.");
    Ok(Finding::of(conditions, cells, answer))
}
