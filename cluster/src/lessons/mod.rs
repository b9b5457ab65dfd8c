//! What the chapter shows, in reading order.

pub mod killed; // a worker dies, the service goes on
pub mod no_shared_state; // what workers do not share
pub mod restart; // a rolling restart under load
pub mod slow; // a slow worker under each schedule
pub mod sticky; // a kept connection stays with its worker
pub mod who_answers; // who answers, and how evenly

use crate::cli::Lesson;

/// The lessons.
#[rustfmt::skip] // a table
pub const LESSONS: &[Lesson] = &[
    Lesson { name: "who-answers", about: "one port, which process answers?", source: "src/lessons/who_answers.rs", show: who_answers::show },
    Lesson { name: "slow", about: "one worker is busy: which clients wait for it?", source: "src/lessons/slow.rs", show: slow::show },
    Lesson { name: "sticky", about: "are requests balanced, or connections?", source: "src/lessons/sticky.rs", show: sticky::show },
    Lesson { name: "no-shared-state", about: "do workers share a counter?", source: "src/lessons/no_shared_state.rs", show: no_shared_state::show },
    Lesson { name: "killed", about: "a worker is killed: what is lost?", source: "src/lessons/killed.rs", show: killed::show },
    Lesson { name: "restart", about: "all workers are replaced under load", source: "src/lessons/restart.rs", show: restart::show },
];
