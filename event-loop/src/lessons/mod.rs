//! What the loop shows, one file per lesson.

pub mod blocking;
pub mod echo;
pub mod files;
pub mod phases;
pub mod starvation;

use crate::cli::{Lesson, lesson};

/// The lessons, in reading order.
pub const LESSONS: &[Lesson] = &[
    lesson("phases", "which callback comes first?", "src/lessons/phases.rs", phases::show),
    lesson("starvation", "ticks that ask for ticks without end", "src/lessons/starvation.rs", starvation::show),
    lesson("echo", "many clients, one thread", "src/lessons/echo.rs", echo::show),
    lesson("files", "why does the loop not poll for a file?", "src/lessons/files.rs", files::show),
    lesson("blocking", "one callback blocks: which others wait?", "src/lessons/blocking.rs", blocking::show),
];
