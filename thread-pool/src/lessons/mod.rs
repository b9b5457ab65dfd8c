//! What the program shows, in reading order.

use std::time::Duration;

use crate::cli::{Lesson, lesson};

mod cancel;
mod head_of_line;
mod lazy;
mod nested;
mod panics;
mod work;

/// How long a lesson waits for what must happen, on however busy a machine.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The lessons, in reading order.
pub const LESSONS: &[Lesson] = &[
    lesson("lazy", "when do the pool's threads start?", "src/lessons/lazy.rs", lazy::show),
    lesson("work", "which thread does what?", "src/lessons/work.rs", work::show),
    lesson("head-of-line", "a short job behind four long ones", "src/lessons/head_of_line.rs", head_of_line::show),
    lesson("cancel", "which job can still be cancelled?", "src/lessons/cancel.rs", cancel::show),
    lesson("panics", "a job panics: what does the pool lose?", "src/lessons/panics.rs", panics::show),
    lesson("nested", "a job waits for another job of its pool", "src/lessons/nested.rs", nested::show),
];
