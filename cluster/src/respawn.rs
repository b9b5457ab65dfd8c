//! When a dead worker is replaced, and when it is no use.

use std::time::{Duration, Instant};

/// How long the place of a worker stays empty, at least.
pub const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
/// And at most.
pub const LONGEST_PAUSE: Duration = Duration::from_millis(400);
/// A life shorter than this doubles the next pause.
const SHORT_LIFE: Duration = Duration::from_secs(1);
/// So many workers in a row that ended before they listened: the service gives up.
pub const MAX_FAILED_STARTS: u32 = 5;

/// A worker that listened is always replaced, with growing pauses if it did not live long. Ones that never get so far
/// will not do better the next time: there the limit is.
#[derive(Debug, Default)]
pub(crate) struct Respawn {
    /// When, and in which place.
    due: Vec<(Instant, usize)>,
    short_lives: u32,
    failed_starts: u32,
}

impl Respawn {
    /// The worker of a place ended after living for `age`, with or without ever having listened: how long until its
    /// replacement, or `None` to give up.
    pub(crate) fn after_death(&mut self, place: usize, age: Duration, listened: bool) -> Option<Duration> {
        self.failed_starts = if listened { 0 } else { self.failed_starts + 1 };
        if self.failed_starts >= MAX_FAILED_STARTS {
            return None;
        }
        self.short_lives = if age < SHORT_LIFE { self.short_lives + 1 } else { 0 };
        let doublings = self.short_lives.saturating_sub(1).min(8);
        let pause = (SHORTEST_PAUSE * 2u32.pow(doublings)).min(LONGEST_PAUSE);
        self.due.push((Instant::now() + pause, place));
        Some(pause)
    }

    /// A place where a worker is to be started now. It is not asked for again.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<usize> {
        let due = self.due.iter().position(|(due, _)| *due <= now)?;
        Some(self.due.swap_remove(due).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_that_listened_is_always_replaced_with_pauses_that_grow_to_a_limit_and_shrink_again() {
        let mut respawn = Respawn::default();
        let pauses: Vec<_> = (0..9).map(|_| respawn.after_death(0, Duration::ZERO, true).unwrap()).collect();
        assert_eq!(pauses[..4], [50, 100, 200, 400].map(Duration::from_millis));
        assert_eq!(pauses[8], LONGEST_PAUSE);
        assert_eq!(respawn.after_death(0, SHORT_LIFE, true), Some(SHORTEST_PAUSE));
    }

    #[test]
    fn workers_that_never_listen_are_given_up() {
        let mut respawn = Respawn::default();
        let mut fail = |listened| respawn.after_death(0, Duration::ZERO, listened).is_none();
        assert!(!(1..MAX_FAILED_STARTS).any(|_| fail(false)), "too early");
        assert!(!fail(true), "one that listened breaks the row");
        assert!(!(1..MAX_FAILED_STARTS).any(|_| fail(false)), "too early");
        assert!(fail(false));
    }

    #[test]
    fn a_replacement_is_started_in_its_place_when_due_and_once() {
        let mut respawn = Respawn::default();
        let before = Instant::now();
        let pause = respawn.after_death(7, Duration::ZERO, true).unwrap();
        assert_eq!(respawn.take_due(before), None);
        let due = Instant::now() + pause;
        assert_eq!((respawn.take_due(due), respawn.take_due(due)), (Some(7), None));
    }
}
