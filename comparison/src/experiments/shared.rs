//! What a process has: is a change of it by a thread, or by a forked child, seen by who started that?

use std::io;

use process_basics::what_is_shared::after_fork;
use thread_basics::what_is_shared::after_thread;

use super::{Outcome, Plan, Spec};
use crate::report::{Arm, Boundary};
use crate::stats::yes_or_no;

pub(super) const SPECS: &[Spec] = &[Spec {
    id: "shared.what",
    about: "directory, environment, files …: who sees a change?",
    takes: [0.1, 0.1],
    deadline: 30,
    run: what,
}];

/// What an arm counts.
const SHARED: &str = "shared";

fn what(plan: &Plan) -> io::Result<Outcome> {
    let (mut by_thread, mut by_child) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds(3, 10) {
        let shared = after_thread(&plan.program)?;
        by_thread.push(shared.into_iter().map(|thing| (thing.what.to_string(), thing.is_shared())).collect());
        let shared = after_fork()?;
        by_child.push(shared.into_iter().map(|thing| (thing.what.to_string(), thing.is_shared())).collect());
    }
    let mut arms = arms("thread", Boundary::Thread, &by_thread);
    arms.extend(self::arms("process", Boundary::Process, &by_child));
    Ok(Outcome::counted(arms))
}

/// An arm for each thing: in how many trials it was shared.
fn arms(unit: &str, boundary: Boundary, trials: &[Vec<(String, bool)>]) -> Vec<Arm> {
    let things = trials.first().map_or(0, Vec::len);
    let arm = |thing: usize| {
        let answers = trials.iter().map(|trial| trial[thing].1);
        yes_or_no(&format!("{unit}: {}", trials[0][thing].0), boundary, SHARED, answers)
    };
    (0..things).map(arm).collect()
}
