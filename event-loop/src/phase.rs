//! The phases of an iteration, in their order, and how long a run lasts.

use std::fmt;

/// Where the loop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Before the first iteration: the main script, and the ticks and microtasks it left behind.
    Main,
    /// Timers that are due.
    Timers,
    /// Results that were known at once, put off until here: a write that failed.
    Pending,
    /// [`Hook::Idle`](crate::Hook::Idle).
    Idle,
    /// [`Hook::Prepare`](crate::Hook::Prepare).
    Prepare,
    /// Waiting for events, and their callbacks.
    Poll,
    /// Immediates and [`Hook::Check`](crate::Hook::Check).
    Check,
    /// What was asked for by [`EventLoop::close_then`](crate::EventLoop::close_then).
    Closing,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(match self {
            Self::Main => "main",
            Self::Timers => "timers",
            Self::Pending => "pending",
            Self::Idle => "idle",
            Self::Prepare => "prepare",
            Self::Poll => "poll",
            Self::Check => "check",
            Self::Closing => "closing",
        })
    }
}

/// How long a run lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Until nothing referenced is active, or the loop is stopped.
    Default,
    /// One iteration; it may wait for events.
    Once,
    /// One iteration; it does not wait.
    NoWait,
}
