//! The phases of an iteration, in their order.

use std::fmt;

/// Where the loop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Before the first iteration: the main script, and the ticks and microtasks it left behind.
    Main,
    /// Results that were known at once, put off until here: a write that failed.
    Pending,
    /// Waiting for events, and their callbacks.
    Poll,
    /// Immediates.
    Check,
    /// What was asked for by [`crate::EventLoop::close_then`].
    Closing,
    /// Timers that are due. They come once before the first iteration, too: in iteration 0.
    Timers,
}

/// Where in a run a callback is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// How many iterations the loop has begun; 0 before the first.
    pub iteration: u64,
    /// The phase.
    pub phase: Phase,
    /// What kind of callback: `"timer"`, `"tick"`, `"data"`, …
    pub kind: &'static str,
}

impl Position {
    /// Outside of a run.
    pub(crate) const MAIN: Self = Self { iteration: 0, phase: Phase::Main, kind: "script" };
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "iteration {}, phase {:?}", self.iteration, self.phase)
    }
}
