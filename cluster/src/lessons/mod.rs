//! What the chapter shows, in reading order.

pub mod no_shared_state; // what workers do not share
pub mod replaced; // a worker dies, or all are replaced, and the service goes on
pub mod who_answers; // which worker answers, and how evenly

use std::io::Write;
use std::path::Path;

use crate::cli::Lesson;
use crate::client::cluster::Cluster;
use crate::schedule::Schedule;
use crate::support::own_program::OWN_PROGRAM;

/// The lessons.
#[rustfmt::skip] // a table
pub const LESSONS: &[Lesson] = &[
    Lesson { name: "who-answers", about: "one port, which process answers?", source: "src/lessons/who_answers.rs", show: who_answers::show },
    Lesson { name: "no-shared-state", about: "do workers share a counter?", source: "src/lessons/no_shared_state.rs", show: no_shared_state::show },
    Lesson { name: "killed", about: "a worker is killed: what is lost?", source: "src/lessons/replaced.rs", show: replaced::show_killed },
    Lesson { name: "restart", about: "are clients lost when workers are replaced?", source: "src/lessons/replaced.rs", show: replaced::show_restart },
];

/// Starts a cluster under each schedule, and adds a line with what `row` says about it.
fn table(
    out: &mut dyn Write,
    workers: usize,
    row: fn(&Cluster, Schedule) -> anyhow::Result<String>,
) -> anyhow::Result<()> {
    for schedule in Schedule::ALL {
        let cluster = Cluster::start(Path::new(OWN_PROGRAM), workers, schedule)?;
        writeln!(out, "    {schedule:<12} {}", row(&cluster, schedule)?)?;
    }
    Ok(())
}
