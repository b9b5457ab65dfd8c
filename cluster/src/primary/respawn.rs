//! When a worker that has ended is replaced.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long a slot stays empty, at least.
pub const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
/// And at most.
pub const LONGEST_PAUSE: Duration = Duration::from_millis(400);
/// A life shorter than this doubles the next pause of its slot.
const SHORT_LIFE: Duration = Duration::from_secs(1);
/// Starts that may fail in a row while no worker serves, for another reason than a shortage.
pub const MAX_FAILED_STARTS: u32 = 5;
/// How long a shortage of processes, descriptors or memory may last while no worker serves.
pub const LONGEST_SHORTAGE: Duration = Duration::from_secs(30);

/// Why a slot is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Its worker had listened, and ended.
    Death,
    /// Its worker ended before it listened.
    FailedStart,
    /// The system had no process, descriptor or memory for a worker.
    Shortage,
}

/// A worker is always replaced, after pauses that grow in its slot while the lives there are short. Only where no other
/// worker serves and none comes up any more, the service gives up.
#[derive(Debug, Default)]
pub(crate) struct Respawn {
    slots: BTreeMap<usize, Slot>,
    /// Starts in a row, in whatever slot, that failed while no worker served.
    failed_starts: u32,
    /// Since when there is a shortage and no worker serves.
    short_since: Option<Instant>,
}

#[derive(Debug, Default)]
struct Slot {
    /// The last one.
    pause: Duration,
    due: Option<Instant>,
}

impl Respawn {
    /// The worker of a slot ended, or could not be started, after living for `age`, while others serve or none does:
    /// how long until its replacement.
    pub(crate) fn after_death(&mut self, slot: usize, age: Duration, cause: Cause, others_serve: bool) -> Duration {
        if others_serve || cause == Cause::Death {
            self.failed_starts = 0;
            self.short_since = None;
        }
        match cause {
            Cause::Death => {}
            Cause::FailedStart => self.failed_starts += 1,
            Cause::Shortage => _ = self.short_since.get_or_insert_with(Instant::now),
        }
        let slot = self.slots.entry(slot).or_default();
        let doubled = if age < SHORT_LIFE { slot.pause * 2 } else { SHORTEST_PAUSE };
        slot.pause = doubled.clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
        slot.due = Some(Instant::now() + slot.pause);
        slot.pause
    }

    /// Why there is no hope for a service without workers, if there is none.
    pub(crate) fn hopeless(&self, now: Instant) -> Option<String> {
        if self.failed_starts >= MAX_FAILED_STARTS {
            return Some(format!("{MAX_FAILED_STARTS} in a row did not come up"));
        }
        let since = self.short_since.filter(|since| now.duration_since(*since) >= LONGEST_SHORTAGE)?;
        let seconds = now.duration_since(since).as_secs();
        Some(format!("for {seconds} s the system had no process, descriptor or memory for one"))
    }

    /// A slot in which a worker is to be started now. It is not returned again.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<usize> {
        let (number, slot) = self.slots.iter_mut().find(|(_, slot)| slot.due.is_some_and(|due| due <= now))?;
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
        let pauses: Vec<_> = (0..9).map(|_| respawn.after_death(0, Duration::ZERO, Cause::Death, true)).collect();
        assert_eq!(pauses[..4], [50, 100, 200, 400].map(Duration::from_millis));
        assert_eq!(pauses[8], LONGEST_PAUSE);
        assert_eq!(respawn.after_death(0, SHORT_LIFE, Cause::Death, true), SHORTEST_PAUSE);
        assert_eq!(respawn.after_death(0, SHORT_LIFE, Cause::Death, true), SHORTEST_PAUSE);
    }

    #[test]
    fn short_lives_in_one_slot_do_not_delay_another() {
        let mut respawn = Respawn::default();
        for _ in 0..9 {
            respawn.after_death(0, Duration::ZERO, Cause::Death, true);
        }
        assert_eq!(respawn.after_death(1, Duration::ZERO, Cause::Death, true), SHORTEST_PAUSE);
    }

    /// What is hopeless after these causes, in this order, each in a slot of its kind, while no worker serves.
    fn hopeless_after(respawn: &mut Respawn, causes: &[Cause], later: Duration) -> bool {
        for (slot, cause) in causes.iter().enumerate() {
            respawn.after_death(slot, Duration::ZERO, *cause, false);
        }
        respawn.hopeless(Instant::now() + later).is_some()
    }

    #[test]
    fn starts_that_fail_in_a_row_are_hopeless_unless_one_listened_or_others_serve() {
        let four = [Cause::FailedStart; MAX_FAILED_STARTS as usize - 1];
        let mut respawn = Respawn::default();
        assert!(!hopeless_after(&mut respawn, &four, Duration::ZERO), "too early");
        assert!(!hopeless_after(&mut respawn, &[Cause::Death], Duration::ZERO), "one that listened breaks the row");
        assert!(!hopeless_after(&mut respawn, &four, Duration::ZERO), "too early");
        respawn.after_death(0, Duration::ZERO, Cause::FailedStart, true);
        assert!(!hopeless_after(&mut respawn, &four[1..], Duration::ZERO), "the row begins again");
        assert!(hopeless_after(&mut respawn, &four[..1], Duration::ZERO));
    }

    #[test]
    fn a_shortage_is_hopeless_only_after_a_long_time_without_a_worker() {
        let mut respawn = Respawn::default();
        let shortage = [Cause::Shortage; 50];
        assert!(!hopeless_after(&mut respawn, &shortage, LONGEST_SHORTAGE / 2));
        respawn.after_death(0, Duration::ZERO, Cause::Shortage, true);
        respawn.after_death(0, Duration::ZERO, Cause::Death, false);
        assert!(respawn.hopeless(Instant::now() + LONGEST_SHORTAGE).is_none(), "one served meanwhile");
        assert!(hopeless_after(&mut respawn, &shortage, LONGEST_SHORTAGE));
    }

    #[test]
    fn a_replacement_is_started_in_its_slot_when_due_and_once() {
        let mut respawn = Respawn::default();
        let before = Instant::now();
        let pause = respawn.after_death(7, Duration::ZERO, Cause::Death, true);
        assert_eq!(respawn.take_due(before), None);
        let due = Instant::now() + pause;
        assert_eq!((respawn.take_due(due), respawn.take_due(due)), (Some(7), None));
    }
}
