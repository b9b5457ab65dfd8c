//! Fails: the bucket never holds more than its capacity
//!
//! A long pause is followed by a burst of any size.

use std::time::Duration;

/// A token, in billionths.
const TOKEN: u128 = 1_000_000_000;

/// A bucket of tokens.
#[derive(Debug)]
pub struct RateLimiter {
    /// In billionths of a token, like `level`.
    capacity: u128,
    level: u128,
    per_second: u128,
    last: Duration,
}

impl RateLimiter {
    /// A full bucket, at the time `now`.
    pub fn new(capacity: u32, per_second: u32, now: Duration) -> Self {
        let capacity = u128::from(capacity) * TOKEN;
        Self { capacity, level: capacity, per_second: u128::from(per_second), last: now }
    }

    /// Takes a token; `false` where there is none.
    pub fn try_take(&mut self, now: Duration) -> bool {
        self.refill(now);
        let there = self.level >= TOKEN;
        if there {
            self.level -= TOKEN;
        }
        there
    }

    /// For how long to wait until a token is there; zero where there is one.
    pub fn wait(&mut self, now: Duration) -> Duration {
        self.refill(now);
        let missing = TOKEN.saturating_sub(self.level);
        Duration::from_nanos(missing.div_ceil(self.per_second) as u64)
    }

    /// Adds what has come since the last call.
    fn refill(&mut self, now: Duration) {
        let Some(passed) = now.checked_sub(self.last) else {
            return;
        };
        self.last = now;
        self.level += passed.as_nanos() * self.per_second;
        self.capacity = self.capacity.max(self.level);
    }
}
