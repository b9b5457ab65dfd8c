//! Let so many requests through per second, and no more (a token bucket). (30 minutes)
//!
//! A server allows each client 10 requests a second, and a burst of 20. The usual means is a bucket of tokens: it
//! begins full, each request takes a token, and tokens come back at a steady rate, up to the bucket's capacity. An
//! event loop must not sleep until a token is there, so the limiter answers at once, and says for how long to set a
//! timer.
//!
//! - A new bucket is full: `capacity` requests get through at once, and the next is refused.
//! - Tokens come back one by one, `per_second` of them in a second: with 10, one after 100 ms, not ten after a
//!   second.
//! - The bucket never holds more than `capacity`, however long nobody asked.
//! - Nothing is lost or gained by asking often: at 3 per second, exactly 30 tokens come in 10 seconds, also if
//!   somebody asks every millisecond. So a part of a token must be kept, and a third cannot be kept as an f64.
//! - `wait` says when the next token is there, to the nanosecond (rounded up). It takes none.
//! - The clock is an argument. If it goes back, that brings no tokens, neither then nor when it comes forward again.
//! - Nothing sleeps, and no thread is started.
//!
//! What to know: `now` is the time since some start. `Duration::as_nanos` is a `u128`, in which the product of
//! nanoseconds and `per_second` has room. `checked_sub` is `None` where the result would be negative. Both numbers
//! given to `new` are at least 1. Related code in this chapter: `clock.rs`, where the loop reads the
//! time; here it is passed in.
//!
//! Check it with: cargo grade event-loop rate_limiter

use std::time::Duration;

/// A bucket of tokens.
#[derive(Debug)]
pub struct RateLimiter {
    todo: (),
}

impl RateLimiter {
    /// A full bucket, at the time `now`.
    pub fn new(capacity: u32, per_second: u32, now: Duration) -> Self {
        todo!("a bucket of {capacity} tokens, {per_second} per second, at {now:?}")
    }

    /// Takes a token; `false` where there is none.
    pub fn try_take(&mut self, now: Duration) -> bool {
        todo!("take a token at {now:?} {:?}", self.todo)
    }

    /// For how long to wait until a token is there; zero where there is one.
    pub fn wait(&mut self, now: Duration) -> Duration {
        todo!("the time until the next token at {now:?} {:?}", self.todo)
    }
}
