//! What the loop shows, one file per lesson.

pub mod blocking;
pub mod echo;
pub mod files;
pub mod phases;
pub mod race;
pub mod starvation;
pub mod threads;
pub mod unref;
pub mod wakeup;

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
    race "a timer of 0 ms or an immediate: which is first?"
    starvation "ticks that ask for ticks without end"
    unref "when does the loop end?"
    threads "which thread runs the callbacks?"
    files "why does the loop not poll for a file?"
    wakeup "another thread wakes the loop"
    echo "many clients, one thread"
    blocking "one callback blocks: which others wait?"
};
