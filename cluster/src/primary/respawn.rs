//! When a worker that has ended is replaced.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The shortest pause before an empty slot gets a worker again.
pub const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
/// The longest one.
pub const LONGEST_PAUSE: Duration = Duration::from_millis(400);
/// A life shorter than this doubles the next pause of its slot.
const SHORT_LIFE: Duration = Duration::from_secs(1);
/// How long replacements are tried while no worker serves. A shortage of processes, descriptors or memory may pass.
pub const LONGEST_OUTAGE: Duration = Duration::from_secs(30);

/// A worker is always replaced, after pauses that grow in its slot while the lives there are short. Only where no other
/// worker serves and none comes up any more, the service gives up.
#[derive(Debug, Default)]
pub(crate) struct Respawn {
    /// The last pause of each slot.
    pauses: BTreeMap<usize, Duration>,
    /// When the empty slots are to have a worker again.
    due: BTreeMap<usize, Instant>,
    /// Since when no worker serves, as far as is known from those that ended.
    outage: Option<Instant>,
}

impl Respawn {
    /// The worker of a slot ended, or could not be started, after living for `age`. `serving`: it had listened, or
    /// others do. The pause until its replacement starts; `None`: give up.
    pub(crate) fn after_death(&mut self, slot: usize, age: Duration, serving: bool, now: Instant) -> Option<Duration> {
        self.outage = if serving { None } else { self.outage.or(Some(now)) };
        if self.outage.is_some_and(|since| now.duration_since(since) >= LONGEST_OUTAGE) {
            return None;
        }
        let pause = self.pauses.entry(slot).or_default();
        let next = if age < SHORT_LIFE { *pause * 2 } else { SHORTEST_PAUSE };
        *pause = next.clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
        self.due.insert(slot, now + *pause);
        Some(*pause)
    }

    /// The slot gets a worker without a pause.
    pub(crate) fn start_now(&mut self, slot: usize) {
        self.due.insert(slot, Instant::now());
    }

    /// A slot in which a worker is to be started now. It is not returned again.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<usize> {
        let slot = *self.due.iter().find(|(_, due)| **due <= now)?.0;
        self.due.remove(&slot);
        Some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_always_replaced_with_pauses_that_grow_to_a_limit_and_shrink_again() {
        let (mut respawn, now) = (Respawn::default(), Instant::now());
        let mut after = |age| respawn.after_death(0, age, true, now).unwrap();
        let pauses: Vec<_> = (0..9).map(|_| after(Duration::ZERO)).collect();
        assert_eq!(pauses[..4], [50, 100, 200, 400].map(Duration::from_millis));
        assert_eq!(pauses[8], LONGEST_PAUSE);
        assert_eq!(after(SHORT_LIFE), SHORTEST_PAUSE);
        assert_eq!(after(SHORT_LIFE), SHORTEST_PAUSE);
    }

    #[test]
    fn short_lives_in_one_slot_do_not_delay_another() {
        let (mut respawn, now) = (Respawn::default(), Instant::now());
        for _ in 0..9 {
            respawn.after_death(0, Duration::ZERO, true, now);
        }
        assert_eq!(respawn.after_death(1, Duration::ZERO, true, now), Some(SHORTEST_PAUSE));
    }

    #[test]
    fn starts_that_fail_are_hopeless_only_after_a_long_time_without_a_worker() {
        let (mut respawn, now) = (Respawn::default(), Instant::now());
        let mut fails = |slot, seconds, serving| {
            respawn.after_death(slot, Duration::ZERO, serving, now + Duration::from_secs(seconds)).is_none()
        };
        assert!(!fails(0, 0, false) && !fails(1, 1, false) && !fails(0, 29, false));
        assert!(!fails(1, 30, true), "another serves, or it did itself");
        assert!(!fails(0, 31, false) && !fails(1, 60, false), "without a worker for 29 s");
        assert!(fails(0, 61, false));
    }

    #[test]
    fn a_replacement_is_started_in_its_slot_when_due_and_once() {
        let (mut respawn, now) = (Respawn::default(), Instant::now());
        let pause = respawn.after_death(7, Duration::ZERO, true, now).unwrap();
        assert_eq!(respawn.take_due(now), None);
        let due = now + pause;
        assert_eq!((respawn.take_due(due), respawn.take_due(due)), (Some(7), None));
    }
}
