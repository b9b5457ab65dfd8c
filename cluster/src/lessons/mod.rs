//! What the chapter shows, in reading order.

pub mod replaced; // a worker dies, or all are replaced, and the service goes on
pub mod who_answers; // which worker answers, how evenly, and what workers do not share

use std::io::Write;
use std::path::Path;

use anyhow::Context;

use crate::cli::{Lesson, lesson};
use crate::client::cluster::Cluster;
use crate::schedule::Schedule;
use crate::support::own_program::OWN_PROGRAM;

/// The lessons.
pub const LESSONS: &[Lesson] = &[
    lesson("who-answers", "one port, which process answers?", "src/lessons/who_answers.rs", who_answers::show),
    lesson("replaced", "what is lost in a death or a restart?", "src/lessons/replaced.rs", replaced::show),
];

/// Starts a cluster under each schedule, and adds a line with what `row` says about it.
fn table(
    out: &mut dyn Write,
    workers: usize,
    row: fn(&Cluster, Schedule) -> anyhow::Result<String>,
) -> anyhow::Result<()> {
    for schedule in Schedule::ALL {
        let cluster = Cluster::start(Path::new(OWN_PROGRAM), workers, schedule).context("a cluster")?;
        writeln!(out, "    {:<12} {}", schedule.name(), row(&cluster, schedule)?)?;
    }
    Ok(())
}
