//! What a process has: is a change of it by a thread, or by a forked child, seen by who started that?

use std::io;

use process_basics::what_is_shared as what_children_share;
use thread_basics::what_is_shared as what_threads_share;

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
        by_thread.push(what_threads_share::after_thread(&plan.program)?);
        by_child.push(what_children_share::after_fork()?.to_vec());
    }
    let mut arms = arms("thread", Boundary::Thread, &what_threads_share::CHANGES, &by_thread);
    arms.extend(self::arms("process", Boundary::Process, &what_children_share::CHANGES, &by_child));
    Ok(Outcome::counted(arms))
}

/// An arm for each thing: in how many trials it was shared.
fn arms(unit: &str, boundary: Boundary, changes: &[(&str, &str)], trials: &[Vec<bool>]) -> Vec<Arm> {
    let arm = |(thing, (what, _)): (usize, &(&str, &str))| {
        yes_or_no(&format!("{unit}: {what}"), boundary, SHARED, trials.iter().map(|trial| trial[thing]))
    };
    changes.iter().enumerate().map(arm).collect()
}
