//! How a loop spent its time.

use std::time::Duration;

use crate::EventLoop;
use crate::clock::Clock;

/// How a loop spent its time inside `run`. Node: `performance.eventLoopUtilization()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Utilization {
    /// Inside the poll call, waiting.
    pub idle: Duration,
    /// Outside it, in callbacks above all.
    pub active: Duration,
}

impl Utilization {
    /// The active part of the whole, 0 to 1; 0 for a loop that has not run.
    pub fn share(&self) -> f64 {
        let whole = self.idle + self.active;
        if whole.is_zero() { 0.0 } else { self.active.as_secs_f64() / whole.as_secs_f64() }
    }
}

impl EventLoop {
    /// How the loop spent its time inside `run`, up to now.
    pub fn utilization(&self) -> Utilization {
        let Clock { entered, inside, idle, .. } = self.clock;
        let inside = inside + entered.map_or(Duration::ZERO, |entered| entered.elapsed());
        Utilization { idle, active: inside.saturating_sub(idle) }
    }
}
