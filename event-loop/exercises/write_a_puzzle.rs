//! Write a puzzle that prints the labels A to H in their order. (20 minutes)
//!
//! The chapter's quiz shows a puzzle and asks for the order. Here the order is given, and you write the puzzle: a
//! main script in JSON, an array of statements. Each is `{"log":"A"}`, or one that runs its body later:
//! `{"nextTick":[…]}`, `{"microtask":[…]}`, `{"setImmediate":[…]}`, `{"setTimeout":[…],"ms":0}`, `{"stat":[…]}` (a
//! file-system request).
//!
//! - The chapter accepts it as a puzzle: `cargo run -p event-loop -- puzzle FILE`.
//! - It prints the labels A, B, C, D, E, F, G, H: each once, in this order, every time.
//! - In the text they stand the other way round: H first, A last.
//! - Each of the five kinds of body has a `log` directly in it, so each decides something.
//! - No timer waits: every `ms` is 0. An order that is made by waiting is none.
//! - No race decides. The main script, with the ticks and microtasks that it queues, starts at most one `stat`,
//!   `setTimeout` or `setImmediate`, and each callback of these does the same. There is one exception: the callback
//!   of a `stat` may start both a timer and an immediate, of which Node promises the order, if these two start
//!   nothing more.
//!
//! What to know: the picture of the phases in the README, which also says which order nobody promises. A
//! string with quotation marks in it is written `r#"…"#` and may have many lines. `cargo run -p event-loop -- puzzle
//! --js FILE` prints a puzzle as JavaScript for Node. The puzzles in `event-loop/puzzles/` are for the other
//! direction.
//!
//! Check it with: cargo grade event-loop write_a_puzzle

/// The puzzle, as JSON.
pub fn puzzle() -> &'static str {
    todo!("write the puzzle")
}
