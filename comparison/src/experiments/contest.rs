//! The candidates against each other, with the same jobs.

use super::candidates::{CANDIDATES, Cost, Jobs};
use super::{Plan, Samples, Stop, work};
use crate::bench::Bench;

/// Every candidate does all the jobs, again and again; its total time, and the longest delay of the loop meanwhile. Each
/// is compared with every other, the control with what it repeats.
pub(super) fn compete(plan: &Plan, rounds: usize, jobs: &Jobs, expected: u64) -> Result<Samples, Stop> {
    let mut bench = Bench::of(plan, "ns", ["total", "loop delay"]);
    for candidate in &CANDIDATES {
        bench.arm_of(candidate.name, || {
            let Cost { total, delay, result } = candidate.run(jobs)?;
            work::check(result, expected)?;
            Ok([total, delay].map(|time| time.as_nanos() as f64))
        });
    }
    for (n, below) in CANDIDATES.iter().enumerate() {
        for above in &CANDIDATES[n + 1..] {
            if !above.name.starts_with("control:") || n == 0 {
                bench.pair(above.name, below.name);
            }
        }
    }
    bench.run(rounds)
}
