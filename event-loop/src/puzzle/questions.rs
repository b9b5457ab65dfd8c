//! The puzzles of this chapter. Beside each in `puzzles/` is the order in which Node.js v20 printed its labels.

/// A puzzle of this chapter.
pub struct Question {
    /// Its name: that of its file in `puzzles/`.
    pub name: &'static str,
    /// What it asks about.
    pub about: &'static str,
    /// The puzzle.
    pub json: &'static str,
}

macro_rules! questions {
    ($($name:ident $about:literal)*) => {
        &[$(Question {
            name: stringify!($name),
            about: $about,
            json: include_str!(concat!("../../puzzles/", stringify!($name), ".json")),
        }),*]
    };
}

/// The chapter's puzzles, from easy to hard.
pub const QUESTIONS: &[Question] = questions! {
    script "the main script runs to its end"
    tick "a tick and an immediate"
    microtask "ticks and microtasks of the main script"
    nested "ticks and microtasks that ask for more"
    immediate "what an immediate leaves behind"
    timers "timers by their time"
    io "a timer against an immediate in an I/O callback"
    chain "immediates that ask for immediates"
    rounds "timers and immediates over several rounds"
    both "ticks and microtasks in turn"
    deep "all queues in an I/O callback"
    all "one callback of every kind"
    requests "a file request inside a file request"
    interval "an interval and a timer of the same duration"
    late "a loop that starts late"
};
