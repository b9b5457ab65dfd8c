//! CPU-bound tasks that come to a loop: from which size on is handing them over better than doing them inline?

use std::ops::Range;
use std::time::Duration;

use super::candidates::{Job, Jobs};
use super::contest::compete;
use super::{Plan, Samples, Stop, work};
use crate::placement::Placement::TwoCpus;

/// The sizes of a task: the experiment's id, and how long one takes alone, in nanoseconds.
pub(crate) const SIZES: [(&str, u64); 6] = [
    ("loop_delay.10us", 10_000),
    ("loop_delay.100us", 100_000),
    ("loop_delay.1ms", 1_000_000),
    ("loop_delay.10ms", 10_000_000),
    ("loop_delay.100ms", 100_000_000),
    ("loop_delay.1s", 1_000_000_000),
];

/// Two tasks, so that there is something to do side by side on two processors.
const TASKS: u64 = 2;

/// Tasks of one of the sizes; quick, and in full, so many rounds.
pub(super) fn tasks(plan: &Plan, size: usize, [quick, full]: [usize; 2]) -> Result<Samples, Stop> {
    plan.place(TwoCpus)?;
    let rounds = plan.rounds(quick, full);
    if rounds == 0 {
        return Err(Stop::CannotHere("tasks of a second: only in the full run".to_owned()));
    }
    let steps = TASKS * work::steps_in(Duration::from_nanos(SIZES[size].1));
    let task = |part: Range<u64>| Box::new(move || Ok(work::sum(part.clone()))) as Job;
    let tasks: Jobs = work::parts(steps, TASKS).map(task).collect();
    compete(plan, rounds, &tasks, work::sum(0..steps))
}
