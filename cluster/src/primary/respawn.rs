//! When a worker that has ended is replaced.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long a slot stays empty, at least.
pub const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
/// And at most.
pub const LONGEST_PAUSE: Duration = Duration::from_millis(400);
/// A life shorter than this doubles the next pause of its slot.
const SHORT_LIFE: Duration = Duration::from_secs(1);
/// Starts that may fail in a row while no worker serves.
pub const MAX_FAILED_STARTS: u32 = 5;

/// A worker is always replaced, after pauses that grow in its slot while the lives there are short. Only where no other
/// worker serves and none comes up any more, the service gives up.
#[derive(Debug, Default)]
pub(crate) struct Respawn {
    slots: BTreeMap<usize, Slot>,
    /// Workers in a row, in whatever slot, that ended before they listened.
    failed_starts: u32,
}

#[derive(Debug, Default)]
struct Slot {
    short_lives: u32,
    due: Option<Instant>,
}

impl Respawn {
    /// The worker of a slot ended after living for `age`, with or without ever having listened: how long until its
    /// replacement.
    pub(crate) fn after_death(&mut self, slot: usize, age: Duration, listened: bool) -> Duration {
        self.failed_starts = if listened { 0 } else { self.failed_starts + 1 };
        let slot = self.slots.entry(slot).or_default();
        slot.short_lives = if age < SHORT_LIFE { slot.short_lives + 1 } else { 0 };
        let doublings = slot.short_lives.saturating_sub(1).min(8);
        let pause = (SHORTEST_PAUSE * 2u32.pow(doublings)).min(LONGEST_PAUSE);
        slot.due = Some(Instant::now() + pause);
        pause
    }

    /// Too many starts in a row have failed.
    pub(crate) fn is_hopeless(&self) -> bool {
        self.failed_starts >= MAX_FAILED_STARTS
    }

    /// A slot in which a worker is to be started now. It is not returned again.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<usize> {
        let is_due = |slot: &Slot| slot.due.is_some_and(|due| due <= now);
        let (number, slot) = self.slots.iter_mut().find(|(_, slot)| is_due(slot))?;
        slot.due = None;
        Some(*number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_always_replaced_with_pauses_that_grow_to_a_limit_and_shrink_again() {
        let mut respawn = Respawn::default();
        let pauses: Vec<_> = (0..9).map(|_| respawn.after_death(0, Duration::ZERO, true)).collect();
        assert_eq!(pauses[..4], [50, 100, 200, 400].map(Duration::from_millis));
        assert_eq!(pauses[8], LONGEST_PAUSE);
        assert_eq!(respawn.after_death(0, SHORT_LIFE, true), SHORTEST_PAUSE);
    }

    #[test]
    fn short_lives_in_one_slot_do_not_delay_another() {
        let mut respawn = Respawn::default();
        for _ in 0..9 {
            respawn.after_death(0, Duration::ZERO, true);
        }
        assert_eq!(respawn.after_death(1, Duration::ZERO, true), SHORTEST_PAUSE);
    }

    #[test]
    fn starts_that_fail_in_a_row_are_hopeless() {
        let mut respawn = Respawn::default();
        let mut hopeless = |slot, listened| {
            respawn.after_death(slot, Duration::ZERO, listened);
            respawn.is_hopeless()
        };
        assert!(!(1..MAX_FAILED_STARTS).any(|_| hopeless(0, false)), "too early");
        assert!(!hopeless(1, true), "one that listened breaks the row");
        assert!(!(1..MAX_FAILED_STARTS).any(|slot| hopeless(slot as usize, false)), "too early");
        assert!(hopeless(0, false));
    }

    #[test]
    fn a_replacement_is_started_in_its_slot_when_due_and_once() {
        let mut respawn = Respawn::default();
        let before = Instant::now();
        let pause = respawn.after_death(7, Duration::ZERO, true);
        assert_eq!(respawn.take_due(before), None);
        let due = Instant::now() + pause;
        assert_eq!((respawn.take_due(due), respawn.take_due(due)), (Some(7), None));
    }
}
