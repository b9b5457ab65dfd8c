//! What the program shows, in reading order.

use crate::cli::Lesson;

mod cancel;
mod head_of_line;
mod lazy;
mod nested;
mod panics;
mod slow_io;
mod work;

macro_rules! lesson {
    ($module:ident, $name:literal, $about:literal) => {
        Lesson {
            name: $name,
            about: $about,
            source: concat!("src/lessons/", stringify!($module), ".rs"),
            show: $module::show,
        }
    };
}

/// The lessons, in reading order.
pub const LESSONS: &[Lesson] = &[
    lesson!(lazy, "lazy", "no thread before the first job, then all"),
    lesson!(work, "work", "which thread reads, looks up, computes?"),
    lesson!(head_of_line, "head-of-line", "the fifth job waits"),
    lesson!(slow_io, "slow-io", "slow lookups, and a file behind them"),
    lesson!(cancel, "cancel", "queued, running, finished"),
    lesson!(panics, "panics", "a job panics, on three pools"),
    lesson!(nested, "nested", "a job waits for a job it submitted"),
];
