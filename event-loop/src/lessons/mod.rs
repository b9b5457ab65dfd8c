//! What the loop shows, one file per lesson.

pub mod blocking;
pub mod echo;
pub mod files;
pub mod phases;
pub mod starvation;

use crate::cli::Lesson;

macro_rules! lessons {
    ($($name:ident $about:literal)*) => {
        &[$(Lesson {
            name: stringify!($name),
            about: $about,
            source: concat!("src/lessons/", stringify!($name), ".rs"),
            show: $name::show,
        }),*]
    };
}

/// The lessons, in reading order.
pub const LESSONS: &[Lesson] = lessons! {
    phases "which callback comes first?"
    starvation "ticks that ask for ticks without end"
    echo "many clients, one thread"
    files "why does the loop not poll for a file?"
    blocking "one callback blocks: which others wait?"
};
