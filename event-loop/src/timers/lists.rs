//! Timers as Node.js keeps them: one list per duration, the lists in the order of their expiry.
//!
//! Timers of one duration are due in the order in which they were started, so a list of them needs no sorting: a new
//! timer goes to its end. Only the lists are sorted, by the time at which each wants to be looked at.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::handle::Handle;

/// Where a timer waits: in the list of its duration, under the number of its start. It has no number while it does not
/// wait, nor while its callback runs.
#[derive(Default)]
pub(crate) struct Place {
    pub(crate) duration: u64,
    pub(crate) number: Option<u64>,
}

/// The place of a list among the others: when to look at its first timer, never later than that timer is due; a number,
/// for the order of lists with the same expiry; and its duration.
type Key = (u64, u64, u64);

/// A timer that was started, when, and its number; no timer when it was stopped.
struct Start {
    number: u64,
    time: u64,
    timer: Option<Handle>,
}

/// The timers of one duration. It is empty only while its last one runs.
struct List {
    key: Key,
    /// In the order of their numbers. The first one has a timer, and so has at least half of them.
    starts: VecDeque<Start>,
    /// How many have no timer.
    gaps: usize,
}

impl List {
    /// A stopped timer leaves a gap, since to move those behind it would take long.
    fn stop(&mut self, number: u64) {
        if let Ok(index) = self.starts.binary_search_by_key(&number, |start| start.number) {
            self.starts[index].timer = None;
            self.gaps += 1;
            self.close_gaps();
        }
    }

    fn take_first(&mut self) -> Option<Handle> {
        let first = self.starts.pop_front()?;
        self.close_gaps();
        first.timer
    }

    /// Closes gaps at the front, and all when they are more than half of the list.
    fn close_gaps(&mut self) {
        while self.starts.front().is_some_and(|start| start.timer.is_none()) {
            self.starts.pop_front();
            self.gaps -= 1;
        }
        if self.gaps > self.starts.len() / 2 {
            self.starts.retain(|start| start.timer.is_some());
            self.gaps = 0;
        }
    }
}

#[derive(Default)]
pub(crate) struct Timers {
    lists: BTreeMap<u64, List>,
    queue: BTreeSet<Key>,
    last_number: u64,
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
        self.queue.iter().flat_map(|(_, _, duration)| {
            let starts = self.lists[duration].starts.iter();
            starts.filter_map(|start| Some((start.timer?, start.time.saturating_add(*duration))))
        })
    }

    /// Adds a timer to the list of its duration, or begins that list. A timer that waits starts again.
    pub(crate) fn start(&mut self, timer: Handle, place: &mut Place, time: u64) {
        self.stop(place);
        self.last_number += 1;
        let list = self.lists.entry(place.duration).or_insert_with(|| {
            let key = (time.saturating_add(place.duration), self.last_number, place.duration);
            self.queue.insert(key);
            List { key, starts: VecDeque::new(), gaps: 0 }
        });
        list.starts.push_back(Start { number: self.last_number, time, timer: Some(timer) });
        place.number = Some(self.last_number);
    }

    /// Takes a timer out of its list, which stays, even when it is empty now.
    fn stop(&mut self, place: &Place) {
        if let Some(number) = place.number
            && let Some(list) = self.lists.get_mut(&place.duration)
        {
            list.stop(number);
        }
    }

    /// Takes a timer out of its list, and removes the list when it is empty now.
    pub(crate) fn remove(&mut self, place: &Place) {
        self.stop(place);
        self.remove_if_empty(place.duration);
    }

    fn remove_if_empty(&mut self, duration: u64) {
        if let Entry::Occupied(list) = self.lists.entry(duration)
            && list.get().starts.is_empty()
        {
            self.queue.remove(&list.remove().key);
        }
    }

    /// Takes the next timer that is due by `now`: the first of the first list, until none of that list is due. Then
    /// the list waits until one is.
    pub(crate) fn next_due(&mut self, now: u64) -> Option<Handle> {
        while let Some(&(expiry, order, duration)) = self.queue.first()
            && expiry <= now
        {
            let list = self.lists.get_mut(&duration)?;
            let Some(first) = list.starts.front() else {
                self.remove_if_empty(duration);
                continue;
            };
            let due = first.time.saturating_add(duration);
            if due <= now {
                return list.take_first();
            }
            self.last_number += 1;
            list.key = (due.max(now + 1), self.last_number, duration);
            self.queue.remove(&(expiry, order, duration));
            self.queue.insert(list.key);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_set_and_cancelled_at_random_come_by_duration_and_then_by_start() {
        let mut timers = Timers::default();
        let mut expected = Vec::new();
        let mut random = 1_u64;
        for start in 0..5_000_u64 {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let duration = 10_000 + (random >> 60);
            let timer = Handle(start);
            let mut place = Place { duration, number: None };
            timers.start(timer, &mut place, 0);
            expected.push((duration, timer, place));
            if random & (1 << 20) == 0 {
                let (_, _, cancelled) = expected.remove((random >> 32) as usize % expected.len());
                timers.remove(&cancelled);
            }
        }
        expected.sort_by_key(|(duration, timer, _)| (*duration, timer.0));
        let expected: Vec<_> = expected.into_iter().map(|(duration, timer, _)| (duration, timer)).collect();
        let mut waiting: Vec<_> = timers.waiting().map(|(timer, due)| (due, timer)).collect();
        waiting.sort_by_key(|(due, _)| *due); // stable: within a list the order stays
        assert_eq!(waiting, expected);
        let mut taken = Vec::new();
        while let Some(timer) = timers.next_due(u64::MAX) {
            taken.push(timer);
        }
        let durations: BTreeMap<_, _> = expected.iter().map(|(duration, timer)| (timer.0, *duration)).collect();
        taken.sort_by_key(|timer| durations[&timer.0]); // stable, too
        assert!(expected.iter().map(|(_, timer)| timer).eq(&taken));
        assert!(timers.lists.is_empty() && timers.queue.is_empty());
    }
}
