//! The loop's clock, which stands still between two readings, and how the loop spent its time.

use std::time::{Duration, Instant};

/// How a loop spent its time inside `run`. Node: `performance.eventLoopUtilization()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Utilization {
    /// Inside the poll call, with nothing to do.
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

pub(crate) struct Clock {
    origin: Instant,
    now: u64,
    entered: Option<Instant>,
    inside: Duration,
    idle: Duration,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { origin: Instant::now(), now: 0, entered: None, inside: Duration::ZERO, idle: Duration::ZERO }
    }

    /// The last reading, in whole milliseconds since the loop was made. libuv counts in the same unit.
    pub(crate) fn now(&self) -> u64 {
        self.now
    }

    pub(crate) fn update(&mut self) -> Instant {
        let now = Instant::now();
        let since = now - self.origin;
        self.now = since.as_secs() * 1_000 + u64::from(since.subsec_millis());
        now
    }

    pub(crate) fn enter(&mut self) {
        self.entered = Some(Instant::now());
    }

    pub(crate) fn leave(&mut self) {
        self.inside += self.entered.take().map_or(Duration::ZERO, |entered| entered.elapsed());
    }

    pub(crate) fn add_idle(&mut self, idle: Duration) {
        self.idle += idle;
    }

    pub(crate) fn utilization(&self) -> Utilization {
        let inside = self.inside + self.entered.map_or(Duration::ZERO, |entered| entered.elapsed());
        Utilization { idle: self.idle, active: inside.saturating_sub(self.idle) }
    }
}
