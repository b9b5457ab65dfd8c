//! Timers as Node.js keeps them: one list per duration, the lists in the order of their expiry.
//!
//! Timers of one duration are due in the order in which they were started, so a list of them needs no sorting: a new
//! timer goes to its end. Only the lists are sorted, by the time at which each wants to be looked at.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::handle::Handle;

/// Where a timer waits: in the list of its duration, under its number there. It has no number while it does not wait,
/// nor while its callback runs.
pub(crate) struct Place {
    pub(crate) duration: u64,
    pub(crate) number: Option<u64>,
}

/// The place of a list among the others: when to look at its first timer, never later than that timer is due; a number,
/// for the order of lists with the same expiry; and its duration.
type Key = (u64, u64, u64);

/// The timers of one duration, and when each is due.
struct List {
    key: Key,
    /// The number of the first. The next one has the next number, and so on.
    begin: u64,
    /// A timer that was taken out leaves a gap, so that the others keep their numbers. Neither end is a gap: one in the
    /// middle goes when an end comes to it.
    timers: VecDeque<Option<(Handle, u64)>>,
}

impl List {
    fn remove(&mut self, number: u64) {
        self.timers[(number - self.begin) as usize] = None;
        while let Some(None) = self.timers.back() {
            self.timers.pop_back();
        }
        while let Some(None) = self.timers.front() {
            self.timers.pop_front();
            self.begin += 1;
        }
    }
}

#[derive(Default)]
pub(crate) struct Timers {
    /// Under its duration each list that is not empty.
    lists: BTreeMap<u64, List>,
    queue: BTreeSet<Key>,
    last_key: u64,
    /// After a pass the next one comes 1 ms later at the earliest: so a late timer cannot keep out other callbacks.
    pub(crate) not_before: u64,
}

impl Timers {
    /// When timers should run next, in milliseconds of the loop's clock.
    pub(crate) fn deadline(&self) -> Option<u64> {
        self.queue.first().map(|(expiry, _, _)| *expiry.max(&self.not_before))
    }

    /// The timers that wait, in the order of their lists, and when each is due.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = (Handle, u64)> {
        self.queue.iter().flat_map(|(_, _, duration)| self.lists[duration].timers.iter().flatten().copied())
    }

    /// Adds a timer to the list of its duration, or begins that list. A timer that waits starts again: its list keeps
    /// its place among the others, even where no other timer is in it.
    pub(crate) fn start(&mut self, timer: Handle, place: &mut Place, time: u64) {
        let due = time.saturating_add(place.duration);
        let list = self.lists.entry(place.duration).or_insert_with(|| {
            self.last_key += 1;
            let key = (due, self.last_key, place.duration);
            self.queue.insert(key);
            List { key, begin: 0, timers: VecDeque::new() }
        });
        let number = list.begin + list.timers.len() as u64;
        list.timers.push_back(Some((timer, due)));
        self.remove(place);
        place.number = Some(number);
    }

    /// Takes a timer out of its list, and removes the list when it is empty now.
    pub(crate) fn remove(&mut self, place: &Place) {
        if let Some(number) = place.number
            && let Entry::Occupied(mut list) = self.lists.entry(place.duration)
        {
            list.get_mut().remove(number);
            if list.get().timers.is_empty() {
                self.queue.remove(&list.remove().key);
            }
        }
    }

    /// Takes the next timer that is due by `now`: the first of the first list, until none of that list is due. Then
    /// the list waits until one is.
    pub(crate) fn next_due(&mut self, now: u64) -> Option<Handle> {
        while let Some(&key @ (expiry, _, duration)) = self.queue.first()
            && expiry <= now
        {
            let list = self.lists.get_mut(&duration)?;
            let (timer, due) = (*list.timers.front()?)?;
            if due <= now {
                let number = Some(list.begin);
                self.remove(&Place { duration, number });
                return Some(timer);
            }
            self.last_key += 1;
            list.key = (due, self.last_key, duration);
            self.queue.remove(&key);
            self.queue.insert(list.key);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use slotmap::KeyData;

    use super::*;

    #[test]
    fn timers_set_and_cancelled_at_random_come_by_duration_and_then_by_start() {
        let mut timers = Timers::default();
        let mut expected = Vec::new();
        let mut random = 1_u64;
        for start in 0..5_000_u64 {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let duration = 10_000 + (random >> 60);
            let timer = Handle::from(KeyData::from_ffi(start));
            let mut place = Place { duration, number: None };
            timers.start(timer, &mut place, 0);
            expected.push((duration, timer, place));
            if random & (1 << 20) == 0 {
                let (_, _, cancelled) = expected.remove((random >> 32) as usize % expected.len());
                timers.remove(&cancelled);
            }
        }
        expected.sort_by_key(|(duration, timer, _)| (*duration, *timer));
        let expected: Vec<_> = expected.into_iter().map(|(duration, timer, _)| (duration, timer)).collect();
        let mut waiting: Vec<_> = timers.waiting().map(|(timer, due)| (due, timer)).collect();
        waiting.sort_by_key(|(due, _)| *due); // stable: within a list the order stays
        assert_eq!(waiting, expected);
        let mut taken = Vec::new();
        while let Some(timer) = timers.next_due(u64::MAX) {
            taken.push(timer);
        }
        let durations: BTreeMap<_, _> = expected.iter().map(|(duration, timer)| (*timer, *duration)).collect();
        taken.sort_by_key(|timer| durations[timer]); // stable, too
        assert!(expected.iter().map(|(_, timer)| timer).eq(&taken));
        assert!(timers.lists.is_empty() && timers.queue.is_empty());
    }
}
