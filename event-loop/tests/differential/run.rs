//! A run of a puzzle, and whether the machine disturbed it.

use std::fs;
use std::time::Duration;

use event_loop::Puzzle;

/// Deadlines of timers are at least 10 ms apart. A thread that waits for a processor for this long in all may be late
/// for one of them, and then its timers come in another order: here and in Node alike.
const DISTURBED: Duration = Duration::from_millis(5);

#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// The labels.
    pub(crate) order: String,
    /// How long its thread was ready, and no processor was free.
    pub(crate) waited: Duration,
}

impl Run {
    pub(crate) fn is_disturbed(&self) -> bool {
        self.waited >= DISTURBED
    }
}

pub(crate) fn run_here(puzzle: &Puzzle) -> Run {
    let before = waited();
    let labels: Vec<_> = puzzle.run().unwrap().into_iter().filter_map(|step| step.label).collect();
    Run { order: labels.join(" "), waited: waited() - before }
}

/// The second number is the time that this thread has spent waiting for a processor, in nanoseconds. Where the kernel
/// does not count it, no run counts as disturbed.
fn waited() -> Duration {
    let counters = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let waited = counters.split(' ').nth(1).and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(waited.unwrap_or(0))
}
