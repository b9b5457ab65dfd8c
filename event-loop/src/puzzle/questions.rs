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

/// The chapter's puzzles, from easy to hard.
pub const QUESTIONS: &[Question] = &[
    Question {
        name: "script",
        about: "the main script runs to its end",
        json: include_str!("../../puzzles/script.json"),
    },
    Question { name: "tick", about: "a tick and an immediate", json: include_str!("../../puzzles/tick.json") },
    Question {
        name: "microtask",
        about: "ticks and microtasks of the main script",
        json: include_str!("../../puzzles/microtask.json"),
    },
    Question {
        name: "nested",
        about: "ticks and microtasks that ask for more",
        json: include_str!("../../puzzles/nested.json"),
    },
    Question {
        name: "immediate",
        about: "what an immediate leaves behind",
        json: include_str!("../../puzzles/immediate.json"),
    },
    Question { name: "timers", about: "timers by their time", json: include_str!("../../puzzles/timers.json") },
    Question {
        name: "io",
        about: "a timer against an immediate in an I/O callback",
        json: include_str!("../../puzzles/io.json"),
    },
    Question {
        name: "chain",
        about: "immediates that ask for immediates",
        json: include_str!("../../puzzles/chain.json"),
    },
    Question {
        name: "rounds",
        about: "timers and immediates over several rounds",
        json: include_str!("../../puzzles/rounds.json"),
    },
    Question { name: "both", about: "ticks and microtasks in turn", json: include_str!("../../puzzles/both.json") },
    Question { name: "deep", about: "all queues in an I/O callback", json: include_str!("../../puzzles/deep.json") },
    Question { name: "all", about: "one callback of every kind", json: include_str!("../../puzzles/all.json") },
    Question {
        name: "requests",
        about: "a file request inside a file request",
        json: include_str!("../../puzzles/requests.json"),
    },
    Question {
        name: "interval",
        about: "an interval and a timer of the same duration",
        json: include_str!("../../puzzles/interval.json"),
    },
    Question { name: "late", about: "a loop that starts late", json: include_str!("../../puzzles/late.json") },
];
