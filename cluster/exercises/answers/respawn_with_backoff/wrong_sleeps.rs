//! Fails: it says how long to wait, and does not wait itself
//!
//! The answer is right, but it comes after a part of the pause: meanwhile nobody looks after the other workers.

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
    let lives = history.iter().filter(|life| life.slot == slot);
    let short = lives.clone().rev().take_while(|life| life.died - life.started < rules.stable).count();
    let Some(last) = lives.last() else {
        return Decision::Start;
    };
    if short == 0 {
        return Decision::Start;
    }
    if short >= rules.limit {
        return Decision::GiveUp;
    }
    let factor = 2_u32.saturating_pow(short as u32 - 1);
    let pause = rules.first.saturating_mul(factor).min(rules.longest);
    let end = last.died.saturating_add(pause);
    if now >= end {
        return Decision::Start;
    }
    std::thread::sleep(pause.min(Duration::from_millis(1)));
    Decision::Wait(end - now)
}
