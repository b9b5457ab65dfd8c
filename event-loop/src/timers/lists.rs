//! Timers as Node.js keeps them: one list per duration, the lists in the order of their expiry.
//!
//! Timers of one duration are due in the order in which they were started, so a list of them needs no sorting: a new
//! timer goes to its end. Only the lists are sorted, by the time at which each wants to be looked at.

use std::collections::{BTreeSet, HashMap};
use std::mem;

use crate::handle::Handle;

/// The timers of one duration. Empty only while its last timer runs.
struct List {
    /// When to look at its first timer. Never later than that timer is due.
    expiry: u64,
    /// Lists with the same expiry are looked at in this order.
    order: u64,
    /// Its first and its last timer, where there are any.
    ends: Option<(Handle, Handle)>,
}

/// Where a timer is in its list. The first is `before` itself, the last `after` itself.
#[derive(Clone, Copy)]
struct Link {
    start: u64,
    duration: u64,
    before: Handle,
    after: Handle,
    is_linked: bool,
}

#[derive(Default)]
pub(crate) struct Timers {
    lists: HashMap<u64, List>,
    /// Expiry, order and duration of every list.
    queue: BTreeSet<(u64, u64, u64)>,
    /// For each timer, by the index of its handle.
    links: Vec<Link>,
    next_order: u64,
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
            let mut next = self.lists[duration].ends.map(|(first, _)| first);
            while let Some(timer) = next {
                let link = self.links[timer.index()];
                waiting.push((timer, link.start.saturating_add(*duration)));
                next = (link.after != timer).then_some(link.after);
            }
        }
        waiting
    }

    pub(crate) fn duration(&self, timer: Handle) -> u64 {
        self.links[timer.index()].duration
    }

    /// Whether the timer waits. It does not while its callback runs.
    pub(crate) fn is_linked(&self, timer: Handle) -> bool {
        self.links[timer.index()].is_linked
    }

    fn take_order(&mut self) -> u64 {
        self.next_order += 1;
        self.next_order
    }

    /// Adds a timer to the list of its duration, or begins that list.
    pub(crate) fn insert(&mut self, timer: Handle, duration: u64, start: u64) {
        let mut link = Link { start, duration, before: timer, after: timer, is_linked: true };
        if self.links.len() <= timer.index() {
            self.links.resize(timer.index() + 1, link);
        }
        match self.lists.get_mut(&duration) {
            Some(List { ends: Some((_, last)), .. }) => {
                link.before = mem::replace(last, timer);
                self.links[link.before.index()].after = timer;
            }
            Some(list) => list.ends = Some((timer, timer)),
            None => {
                let (expiry, order) = (start.saturating_add(duration), self.take_order());
                self.lists.insert(duration, List { expiry, order, ends: Some((timer, timer)) });
                self.queue.insert((expiry, order, duration));
            }
        }
        self.links[timer.index()] = link;
    }

    /// Takes a timer out of its list. The list stays, even when it is empty now.
    pub(crate) fn unlink(&mut self, timer: Handle) {
        let link = &mut self.links[timer.index()];
        if !mem::take(&mut link.is_linked) {
            return; // its callback is running
        }
        let Link { duration, before, after, .. } = *link;
        let (is_first, is_last) = (before == timer, after == timer);
        self.links[before.index()].after = if is_last { before } else { after };
        self.links[after.index()].before = if is_first { after } else { before };
        if !is_first && !is_last {
            return;
        }
        if let Some(list) = self.lists.get_mut(&duration)
            && let Some((first, last)) = list.ends
        {
            let first = if is_first { after } else { first };
            let last = if is_last { before } else { last };
            list.ends = if is_first && is_last { None } else { Some((first, last)) };
        }
    }

    /// Takes a timer out of its list, and removes the list when it is empty now.
    pub(crate) fn remove(&mut self, timer: Handle) {
        let Link { duration, before, after, is_linked, .. } = self.links[timer.index()];
        self.unlink(timer);
        if before == after || !is_linked {
            self.remove_if_empty(duration);
        }
    }

    fn remove_if_empty(&mut self, duration: u64) {
        if self.lists.get(&duration).is_some_and(|list| list.ends.is_none())
            && let Some(list) = self.lists.remove(&duration)
        {
            self.queue.remove(&(list.expiry, list.order, duration));
        }
    }

    /// The duration of the list that wants to be looked at by `now`.
    pub(crate) fn due_list(&self, now: u64) -> Option<u64> {
        self.queue.first().filter(|(expiry, _, _)| *expiry <= now).map(|(_, _, duration)| *duration)
    }

    /// Takes the first timer of a list if it is due. Otherwise the list waits until it is.
    pub(crate) fn take_due(&mut self, duration: u64, now: u64) -> Option<Handle> {
        let list = self.lists.get(&duration)?;
        let Some((first, _)) = list.ends else {
            self.remove_if_empty(duration);
            return None;
        };
        let start = self.links[first.index()].start;
        if now >= start.saturating_add(duration) {
            self.unlink(first);
            return Some(first);
        }
        self.queue.remove(&(list.expiry, list.order, duration));
        let (expiry, order) = (start.saturating_add(duration).max(now + 1), self.take_order());
        self.lists.entry(duration).and_modify(|list| (list.expiry, list.order) = (expiry, order));
        self.queue.insert((expiry, order, duration));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_set_and_cancelled_at_random_come_by_duration_and_then_by_start() {
        let (mut timers, mut expected, mut random) = (Timers::default(), Vec::new(), 1_u64);
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
        while let Some(duration) = timers.due_list(u64::MAX) {
            while let Some(timer) = timers.take_due(duration, u64::MAX) {
                taken.push((duration, timer));
            }
        }
        taken.sort_by_key(|(duration, _)| *duration);
        assert_eq!(taken, expected);
        assert!(timers.lists.is_empty() && timers.queue.is_empty());
    }
}
