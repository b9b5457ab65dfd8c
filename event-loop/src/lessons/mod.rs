//! What the loop shows, one file per lesson.

pub mod blocking;
pub mod echo;
pub mod files;
pub mod phases;
pub mod starvation;
pub mod wakeup;

use crate::cli::Lesson;

/// The lessons, in reading order.
pub const LESSONS: &[Lesson] = &[
    Lesson {
        name: "phases",
        about: "which callback comes first?",
        source: "src/lessons/phases.rs",
        show: phases::show,
    },
    Lesson {
        name: "starvation",
        about: "ticks without end",
        source: "src/lessons/starvation.rs",
        show: starvation::show,
    },
    Lesson { name: "echo", about: "many clients, one thread", source: "src/lessons/echo.rs", show: echo::show },
    Lesson { name: "files", about: "why are files not polled?", source: "src/lessons/files.rs", show: files::show },
    Lesson {
        name: "wakeup",
        about: "another thread wakes the loop",
        source: "src/lessons/wakeup.rs",
        show: wakeup::show,
    },
    Lesson { name: "blocking", about: "one callback blocks", source: "src/lessons/blocking.rs", show: blocking::show },
];
