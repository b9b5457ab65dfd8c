//! Timers as Node.js keeps them: one list per duration, the lists in the order of their expiry.
//!
//! Timers of one duration are due in the order in which they were started, so a list of them needs no sorting: a new
//! timer goes to its end. Only the lists are sorted, by the time at which each wants to be looked at. A timer that is
//! stopped stays in its list, under a number that is no longer its own, and is skipped.

use std::collections::hash_map::{Entry, HashMap};
use std::collections::{BTreeSet, VecDeque};
use std::mem;

use crate::handle::Handle;

/// A start of a timer.
#[derive(Clone, Copy)]
struct Start {
    timer: Handle,
    time: u64,
    number: u64,
}

/// The place of a list among the others: when to look at its first timer, never later than that timer is due; a number,
/// for the order of lists with the same expiry; and its duration.
type Key = (u64, u64, u64);

/// The timers of one duration. None waits only while the last one runs.
struct List {
    key: Key,
    starts: VecDeque<Start>,
    /// How many of the starts are of timers that still wait.
    waiting: usize,
}

/// What is known of a timer.
#[derive(Clone, Copy, Default)]
struct State {
    duration: u64,
    /// The number of its last start; 0 when it does not wait.
    number: u64,
}

#[derive(Default)]
pub(crate) struct Timers {
    lists: HashMap<u64, List>,
    queue: BTreeSet<Key>,
    /// For each timer, by the index of its handle.
    states: Vec<State>,
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
    pub(crate) fn waiting(&self) -> Vec<(Handle, u64)> {
        let mut waiting = Vec::new();
        for (_, _, duration) in &self.queue {
            let starts = self.lists[duration].starts.iter();
            let current = starts.filter(|start| self.states[start.timer.index()].number == start.number);
            waiting.extend(current.map(|start| (start.timer, start.time.saturating_add(*duration))));
        }
        waiting
    }

    pub(crate) fn duration(&self, timer: Handle) -> u64 {
        self.states[timer.index()].duration
    }

    /// Whether the timer waits. It does not while its callback runs.
    pub(crate) fn is_waiting(&self, timer: Handle) -> bool {
        self.states[timer.index()].number != 0
    }

    /// Adds a timer to the list of its duration, or begins that list.
    pub(crate) fn insert(&mut self, timer: Handle, duration: u64, time: u64) {
        self.last_number += 1;
        let number = self.last_number;
        if self.states.len() <= timer.index() {
            self.states.resize(timer.index() + 1, State::default());
        }
        self.states[timer.index()] = State { duration, number };
        let list = match self.lists.entry(duration) {
            Entry::Occupied(list) => list.into_mut(),
            Entry::Vacant(place) => {
                let key = (time.saturating_add(duration), number, duration);
                self.queue.insert(key);
                place.insert(List { key, starts: VecDeque::new(), waiting: 0 })
            }
        };
        list.starts.push_back(Start { timer, time, number });
        list.waiting += 1;
    }

    /// Stops a timer. Its list stays, even when no timer of it waits now.
    pub(crate) fn stop(&mut self, timer: Handle) {
        let state = &mut self.states[timer.index()];
        let was_waiting = mem::take(&mut state.number) != 0;
        if let Some(list) = self.lists.get_mut(&state.duration).filter(|_| was_waiting) {
            list.waiting -= 1;
            if list.starts.len() > 2 * list.waiting + 64 {
                list.starts.retain(|start| self.states[start.timer.index()].number == start.number);
            }
        }
    }

    /// Stops a timer, and removes its list when no timer of it waits now.
    pub(crate) fn remove(&mut self, timer: Handle) {
        self.stop(timer);
        self.remove_if_empty(self.duration(timer));
    }

    fn remove_if_empty(&mut self, duration: u64) {
        if self.lists.get(&duration).is_some_and(|list| list.waiting == 0)
            && let Some(list) = self.lists.remove(&duration)
        {
            self.queue.remove(&list.key);
        }
    }

    /// Takes the next timer that is due by `now`: the first of the first list, until none of that list is due. Then
    /// the list waits until one is.
    pub(crate) fn next_due(&mut self, now: u64) -> Option<Handle> {
        while let Some(&(expiry, _, duration)) = self.queue.first()
            && expiry <= now
        {
            let list = self.lists.get_mut(&duration)?;
            let Some(&Start { timer, time, number }) = list.starts.front() else {
                self.remove_if_empty(duration);
                continue;
            };
            let due = time.saturating_add(duration);
            let was_stopped = self.states[timer.index()].number != number;
            if was_stopped || due <= now {
                list.starts.pop_front();
            } else {
                self.queue.remove(&list.key);
                self.last_number += 1;
                list.key = (due.max(now + 1), self.last_number, duration);
                self.queue.insert(list.key);
            }
            if !was_stopped && due <= now {
                self.stop(timer);
                return Some(timer);
            }
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
            timers.insert(timer, duration, 0);
            expected.push((duration, timer));
            if random & (1 << 20) == 0 {
                let (_, cancelled) = expected.remove((random >> 32) as usize % expected.len());
                timers.remove(cancelled);
            }
        }
        expected.sort_by_key(|(duration, timer)| (*duration, timer.0));
        let waiting: Vec<_> = timers.waiting().into_iter().map(|(timer, due)| (due, timer)).collect();
        assert_eq!(waiting.len(), expected.len());
        let mut by_due = waiting;
        by_due.sort_by_key(|(due, _)| *due); // stable: within a list the order stays
        assert_eq!(by_due, expected);
        let mut taken = Vec::new();
        while let Some(timer) = timers.next_due(u64::MAX) {
            taken.push((timers.duration(timer), timer));
        }
        taken.sort_by_key(|(duration, _)| *duration);
        assert_eq!(taken, expected);
        assert!(timers.lists.is_empty() && timers.queue.is_empty());
    }
}
