//! Work for a processor: nothing but arithmetic, cut into equal parts, with a result that shows it was done.

use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

/// Adds up a mixed number for each step of `steps`; the sums of two halves add up to the sum of the whole.
pub(crate) fn sum(steps: std::ops::Range<u64>) -> u64 {
    steps.fold(0, |sum, step| sum.wrapping_add(mix(step)))
}

/// One step of splitmix64: a few dependent instructions, so that no compiler sums them up beforehand.
pub(crate) fn mix(step: u64) -> u64 {
    let x = black_box(step).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^ (x >> 27)
}

/// How many steps take about `duration` on this machine: the fastest of a few tries, since a neighbour can only slow
/// one down.
pub(crate) fn steps_in(duration: Duration) -> u64 {
    const TRY: u64 = 1 << 20;
    let fastest = (0..7).map(|_| {
        let start = Instant::now();
        black_box(sum(0..TRY));
        start.elapsed()
    });
    let fastest = fastest.min().unwrap_or(duration).max(Duration::from_nanos(1));
    (TRY as f64 * duration.as_secs_f64() / fastest.as_secs_f64()) as u64
}

/// Refuses a result that differs from the serial one: what was measured then was not the work.
pub(crate) fn check(result: u64, expected: u64) -> io::Result<()> {
    if result == expected {
        return Ok(());
    }
    Err(io::Error::other(format!("the work gave {result:#x}, alone it gives {expected:#x}")))
}
