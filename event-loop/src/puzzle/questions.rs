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

const fn question(name: &'static str, about: &'static str, json: &'static str) -> Question {
    Question { name, about, json }
}

/// The chapter's puzzles, from easy to hard.
pub const QUESTIONS: &[Question] = &[
    question("script", "the main script runs to its end", include_str!("../../puzzles/script.json")),
    question("tick", "a tick and an immediate", include_str!("../../puzzles/tick.json")),
    question("microtask", "ticks and microtasks of the main script", include_str!("../../puzzles/microtask.json")),
    question("nested", "ticks and microtasks that ask for more", include_str!("../../puzzles/nested.json")),
    question("immediate", "what an immediate leaves behind", include_str!("../../puzzles/immediate.json")),
    question("timers", "timers by their time", include_str!("../../puzzles/timers.json")),
    question("io", "a timer against an immediate in an I/O callback", include_str!("../../puzzles/io.json")),
    question("chain", "immediates that ask for immediates", include_str!("../../puzzles/chain.json")),
    question("rounds", "timers and immediates over several rounds", include_str!("../../puzzles/rounds.json")),
    question("both", "ticks and microtasks in turn", include_str!("../../puzzles/both.json")),
    question("deep", "all queues in an I/O callback", include_str!("../../puzzles/deep.json")),
    question("all", "one callback of every kind", include_str!("../../puzzles/all.json")),
    question("requests", "a file request inside a file request", include_str!("../../puzzles/requests.json")),
    question("interval", "an interval and a timer of the same duration", include_str!("../../puzzles/interval.json")),
    question("late", "a loop that starts late", include_str!("../../puzzles/late.json")),
];
