//! Work for a processor, for a given time.

use std::hint;
use std::time::{Duration, Instant};

/// Keeps the thread busy, as computing does.
pub(crate) fn keep_busy(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        hint::spin_loop();
    }
}
