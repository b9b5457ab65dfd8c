//! The row "Performance".

use super::assess::{Condition, Holds, Want, find, median, ratio};
use super::trials::{isolation as calm, speed_up as fast};
use super::words::{interval, time, times};
use super::{Claim, Finding, Missing, Side, node, rust};
use crate::measure::placement::Placement::{SameCpu, TwoCpus};
use crate::measure::samples::Experiment;

const ISOLATION: [(&str, &str); 2] =
    [("cpu.isolation.same_cpu", "on the same CPU"), ("cpu.isolation.two_cpus", "on another CPU")];
const SPEED_UP: &str = "cpu.speed_up";
const NODE_ISOLATION: &str = "node.isolation";
const NODE_SPEED_UP: &str = "node.speed_up";
const ABOUT: &str = "a victim's slow answers (p99) beside a busy thread or process";

pub(super) const CLAIM: Claim = Claim {
    key: "Performance",
    document: &["Good for CPU isolation", "Good for parallel execution in same process"],
    rule: "Conditions: beside a busy thread a victim's 99th percentile is clearly longer than beside a busy process, on \
        each placement; one thread alone takes clearly longer than one per CPU. Supported when all hold, contradicted \
        when none does, depends when some do and others do not.",
    rust: Side { evidence: &[ISOLATION[0].0, ISOLATION[1].0, SPEED_UP], judge: in_rust },
    node: Side { evidence: &[NODE_ISOLATION, NODE_SPEED_UP], judge: in_node },
    experiments: &[
        rust(ISOLATION[0].0, ABOUT, [1.2, 4.0], |plan| calm::isolation(plan, SameCpu)),
        rust(ISOLATION[1].0, ABOUT, [0.7, 3.0], |plan| calm::isolation(plan, TwoCpus)),
        rust(SPEED_UP, "fixed work: on one thread, on one per CPU, in processes", [0.7, 3.0], fast::speed_up),
        node(NODE_ISOLATION, "Node's main thread beside a busy Worker or child", [1.6, 5.0], calm::in_node),
        node(NODE_SPEED_UP, "fixed work in Node.js: alone, on Workers, in children", [0.7, 3.0], fast::in_node),
    ],
};

fn in_rust(report: &[Experiment]) -> Result<Finding, Missing> {
    let isolation: Vec<_> = ISOLATION.iter().filter_map(|(id, place)| Some((find(report, id).ok()?, *place))).collect();
    judge(
        &isolation,
        [calm::BESIDE_THREAD, calm::BESIDE_PROCESS],
        find(report, SPEED_UP)?,
        [fast::SERIAL, fast::THREADS],
    )
}

fn in_node(report: &[Experiment]) -> Result<Finding, Missing> {
    let isolation = [(find(report, NODE_ISOLATION)?, "on the same CPU")];
    let beside = [calm::NODE_BESIDE_WORKER, calm::NODE_BESIDE_CHILD];
    judge(&isolation, beside, find(report, NODE_SPEED_UP)?, [fast::NODE_SERIAL, fast::NODE_WORKERS])
}

fn judge(
    isolation: &[(&Experiment, &str)],
    [beside_thread, beside_process]: [&str; 2],
    speed_up: &Experiment,
    [serial, threads]: [&str; 2],
) -> Result<Finding, Missing> {
    let Some((first, place)) = isolation.first() else { return Err(Missing("isolation was not measured".to_owned())) };
    let mut conditions = Vec::new();
    for (done, place) in isolation {
        let what = format!("victim's p99 beside a thread to beside a process, {place}");
        conditions.push(Condition::ratio(done, beside_thread, beside_process, Want::More, &what)?);
    }
    conditions.push(Condition::ratio(speed_up, serial, threads, Want::More, "one alone to one thread per CPU")?);
    let [thread, process] = [median(first, beside_thread)?, median(first, beside_process)?];
    let gain = ratio(speed_up, serial, threads)?;
    let cells = vec![
        format!(
            "{} {place} a victim's p99 is {}; beside a thread, {}",
            conditions[0].mark(),
            time(process),
            time(thread)
        ),
        format!(
            "{} one thread per CPU is {} as fast as one alone ({})",
            conditions[conditions.len() - 1].mark(),
            times(gain.median),
            interval(&gain)
        ),
    ];
    let isolates = conditions[..conditions.len() - 1].iter().any(|one| one.holds == Holds::Yes);
    let shields = if isolates { "A process shields a victim better" } else { "A process shields a victim no better" };
    let answer = format!("{shields} than a thread; threads do the work {} as fast.", times(gain.median));
    Ok(Finding::of(conditions, cells, answer))
}
