//! Decide when a dead worker is replaced: pauses that double, a limit, a reset. (25 minutes)
//!
//! `cluster.on('exit', () => cluster.fork())` is how Node's manual replaces workers. If a worker dies while it
//! starts, that starts hundreds a minute. The decision is better made by what has happened, by a function that can
//! be tested without waiting: it gets the history of all deaths and the time, and returns what to do. Times are
//! counted from some start.
//!
//! - Only the lives of the given slot count; those of other slots are in the same history.
//! - A life shorter than `stable` is short. What counts is how many short lives there are in a row at the end.
//! - Without any, a worker is started at once. So it is after a life that was not short: that resets the count.
//! - After the first short life the pause is `first`, after each further one twice as long, but never above
//!   `longest`.
//! - The pause begins at the last death. Asked in the middle of it, the answer is what is left of it; asked again
//!   later, less.
//! - When the pause is over, a worker is started.
//! - After `limit` short lives in a row, the slot is given up. Other slots are not.
//! - Nothing panics, however long the history is. The function returns at once, it never sleeps.
//!
//! What to know: `saturating_mul` and `saturating_add` of `Duration`, `u32::saturating_pow` or `checked_shl`;
//! `Iterator::rev` and `take_while` look at a list from its end. Related code in this chapter:
//! `primary/respawn.rs`, which keeps only the last pause of each slot.
//!
//! Check it with: cargo grade cluster respawn_with_backoff

use std::time::Duration;

/// The life of a worker that has died.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    /// The place in the cluster that it had.
    pub slot: usize,
    /// When it was started.
    pub started: Duration,
    /// When it died.
    pub died: Duration,
}

/// When a worker is replaced.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The pause after the first short life.
    pub first: Duration,
    /// No pause is longer.
    pub longest: Duration,
    /// A life of at least this time is not short.
    pub stable: Duration,
    /// After so many short lives in a row, nothing is started any more.
    pub limit: usize,
}

/// What to do for a slot that has no worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Start a worker now.
    Start,
    /// Not yet: ask again after this time.
    Wait(Duration),
    /// It is no use: every worker there died soon.
    GiveUp,
}

/// Decides by the deaths so far, the oldest first, what to do for a slot at the time `now`.
pub fn decide(history: &[Life], slot: usize, now: Duration, rules: &Rules) -> Decision {
    todo!("decide for slot {slot} at {now:?} by {} deaths and {rules:?}", history.len())
}
