//! CPU-bound tasks that come to a loop: from which size on is handing them over better than doing them inline?

use std::io;
use std::time::Duration;

use super::candidates::{Job, Jobs};
use super::contest::compete;
use super::{Outcome, Plan, Spec, work};
use crate::placement::ONE_CPU;

/// The sizes of a task: the experiment's id, and how long one takes alone, in nanoseconds.
pub(crate) const SIZES: [(&str, u64); 6] = [
    ("loop_delay.10us", 10_000),
    ("loop_delay.100us", 100_000),
    ("loop_delay.1ms", 1_000_000),
    ("loop_delay.10ms", 10_000_000),
    ("loop_delay.100ms", 100_000_000),
    ("loop_delay.1s", 1_000_000_000),
];

pub(super) const SPECS: &[Spec] = &[
    spec(0, "two tasks of 10 µs: inline, thread, process, pool", [0.1, 0.2], |plan| tasks(plan, 0, [40, 150])),
    spec(1, "two tasks of 100 µs: inline, thread, process, pool", [0.1, 0.3], |plan| tasks(plan, 1, [40, 150])),
    spec(2, "two tasks of 1 ms: inline, thread, process, pool", [0.3, 1.0], |plan| tasks(plan, 2, [25, 100])),
    spec(3, "two tasks of 10 ms: inline, thread, process, pool", [3.4, 4.2], |plan| tasks(plan, 3, [40, 50])),
    spec(4, "two tasks of 100 ms: inline, thread, process, pool", [1.0, 8.6], |plan| tasks(plan, 4, [1, 9])),
    spec(5, "two tasks of 1 s: inline, thread, process, pool", [0.1, 17.2], |plan| tasks(plan, 5, [0, 2])),
];

const fn spec(size: usize, about: &'static str, takes: [f64; 2], run: fn(&Plan) -> io::Result<Outcome>) -> Spec {
    Spec { id: SIZES[size].0, about, takes, deadline: 120, run }
}

/// Two tasks, so that there is something to do side by side on two processors.
const TASKS: u64 = 2;

fn tasks(plan: &Plan, size: usize, rounds: [usize; 2]) -> io::Result<Outcome> {
    let rounds = plan.rounds(rounds[0], rounds[1]);
    if plan.cpus.len() < 2 {
        return Ok(Outcome::Skipped(ONE_CPU.to_owned()));
    }
    if rounds == 0 {
        return Ok(Outcome::Skipped("tasks of a second: only in the full run".to_owned()));
    }
    let steps = TASKS * work::steps_in(Duration::from_nanos(SIZES[size].1));
    let task = |part: std::ops::Range<u64>| Box::new(move || Ok(work::sum(part.clone()))) as Job;
    let tasks: Jobs = work::parts(steps, TASKS).map(task).collect();
    compete(plan, rounds, &tasks, work::sum(0..steps))
}
