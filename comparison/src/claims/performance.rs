//! The row "Performance".

use super::assess::{Condition, Holds, find, median, ratio};
use super::trials::{isolation as calm, speed_up as fast};
use super::words::{interval, time, times};
use super::{Claim, Finding, Missing, Side, spec};
use crate::measure::placement::Placement::{SameCpu, TwoCpus};
use crate::measure::samples::Experiment;

const ISOLATION: [(&str, &str); 2] =
    [("cpu.isolation.same_cpu", "on the same CPU"), ("cpu.isolation.two_cpus", "on another CPU")];
const SPEED_UP: &str = "cpu.speed_up";
const NODE_ISOLATION: (&str, &str) = ("node.isolation", "on the same CPU");
const NODE_SPEED_UP: &str = "node.speed_up";
const ABOUT: &str = "a victim's slow answers (p99) beside a busy thread or process";

pub(super) const CLAIM: Claim = Claim {
    key: "Performance",
    document: &["Good for CPU isolation", "Good for parallel execution in same process"],
    rule: "Conditions: beside a busy thread a victim's 99th percentile is clearly longer than beside a busy process, on \
        each placement; one thread alone takes clearly longer than one per CPU.",
    rust: Side {
        evidence: &[ISOLATION[0].0, ISOLATION[1].0, SPEED_UP],
        judge: |report| {
            let beside = [calm::BESIDE_THREAD, calm::BESIDE_PROCESS];
            judge(report, &ISOLATION, beside, find(report, SPEED_UP)?, [fast::SERIAL, fast::THREADS])
        },
    },
    node: Side {
        evidence: &[NODE_ISOLATION.0, NODE_SPEED_UP],
        judge: |report| {
            let beside = [calm::NODE_BESIDE_WORKER, calm::NODE_BESIDE_CHILD];
            let speed_up = find(report, NODE_SPEED_UP)?;
            judge(report, &[NODE_ISOLATION], beside, speed_up, [fast::NODE_SERIAL, fast::NODE_WORKERS])
        },
    },
    experiments: &[
        spec(ISOLATION[0].0, ABOUT, [0.6, 4.0], |plan| calm::isolation(plan, SameCpu)),
        spec(ISOLATION[1].0, ABOUT, [0.4, 3.0], |plan| calm::isolation(plan, TwoCpus)),
        spec(SPEED_UP, "fixed work: on one thread, and on one per CPU", [0.5, 3.0], fast::speed_up),
        spec(NODE_ISOLATION.0, "Node's main thread beside a busy Worker or child", [0.7, 4.0], calm::in_node),
        spec(NODE_SPEED_UP, "fixed work in Node.js: alone, and on Workers", [0.6, 3.0], fast::in_node),
    ],
};

/// `isolation`: experiments, and where the victim's neighbour runs. The first must have been done.
fn judge(
    report: &[Experiment],
    isolation: &[(&str, &str)],
    [beside_thread, beside_process]: [&str; 2],
    speed_up: &Experiment,
    [serial, threads]: [&str; 2],
) -> Result<Finding, Missing> {
    let first = find(report, isolation[0].0)?;
    let mut conditions = Vec::new();
    for (id, place) in isolation {
        let what = format!("victim's p99 beside a thread to beside a process, {place}");
        if let Ok(done) = find(report, id) {
            conditions.push(Condition::more(done, beside_thread, beside_process, &what)?);
        }
    }
    let isolates = conditions.iter().any(|one| one.holds == Holds::Yes);
    let gains = Condition::more(speed_up, serial, threads, "one alone to one thread per CPU")?;
    let [thread, process] = [median(first, beside_thread)?, median(first, beside_process)?];
    let gain = ratio(speed_up, serial, threads)?;
    let cells = vec![
        format!(
            "{} {} a victim's p99 is {}; beside a thread, {}",
            conditions[0].mark(),
            isolation[0].1,
            time(process),
            time(thread)
        ),
        format!(
            "{} one thread per CPU is {} as fast as one alone ({})",
            gains.mark(),
            times(gain.median),
            interval(&gain)
        ),
    ];
    conditions.push(gains);
    let shields = if isolates { "better" } else { "no better" };
    let answer = format!(
        "A process shields a victim {shields} than a thread; threads do the work {} as fast.",
        times(gain.median)
    );
    Ok(Finding::of(conditions, cells, answer))
}
