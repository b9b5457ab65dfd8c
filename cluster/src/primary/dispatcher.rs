//! Round-robin: which worker gets the next connection, and what happens to a connection that is never acknowledged.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Assigns connections to idle workers, in turn, one unacknowledged to each.
///
/// Of the idle ones, the one whose last connection is the oldest is next. One wait may report several workers, and not in
/// the order of their messages (epoll(7)): assigned in that order, shares would differ a little.
#[derive(Debug)]
pub(crate) struct Dispatcher<T> {
    /// Workers without an unacknowledged connection: the number of their last connection, pid.
    idle: BTreeSet<(u64, u32)>,
    /// What each of the others was assigned, and its number. Kept here until it is acknowledged: nothing is lost if the
    /// worker dies.
    unacked: BTreeMap<u32, (u64, T)>,
    /// Connections that no worker has been assigned.
    waiting: VecDeque<T>,
    /// Those that belong to their workers by now: our copies, to be closed when there is nothing else to do.
    pub(super) acked: Vec<T>,
    /// How many have been assigned.
    assigned: u64,
}

impl<T> Dispatcher<T> {
    pub(crate) fn new() -> Self {
        Self { idle: BTreeSet::new(), unacked: BTreeMap::new(), waiting: VecDeque::new(), acked: vec![], assigned: 0 }
    }

    /// How many connections no worker has been assigned.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether no connection depends on the dispatcher: each is acknowledged.
    pub(crate) fn is_done(&self) -> bool {
        self.waiting.is_empty() && self.unacked.is_empty()
    }

    pub(crate) fn has_unacked(&self, worker: u32) -> bool {
        self.unacked.contains_key(&worker)
    }

    pub(crate) fn add(&mut self, connection: T) {
        self.waiting.push_back(connection);
    }

    /// The worker is new, has acknowledged what it was assigned, or has room again: it may have another.
    pub(crate) fn mark_idle(&mut self, worker: u32) {
        let last = self.unacked.get(&worker).map_or(0, |(number, _)| *number);
        self.acknowledge(worker);
        self.idle.insert((last, worker));
    }

    /// What the worker was assigned, if anything, belongs to it alone from now on.
    pub(crate) fn acknowledge(&mut self, worker: u32) {
        self.acked.extend(self.unacked.remove(&worker).map(|(_, connection)| connection));
    }

    /// The worker is to leave, once it has acknowledged what it was assigned: it gets nothing more.
    pub(crate) fn mark_leaving(&mut self, worker: u32) {
        self.idle.retain(|(_, idle)| *idle != worker);
    }

    /// The worker died or had no room. What it had not acknowledged is the next to be assigned.
    pub(crate) fn take_back(&mut self, worker: u32) {
        self.mark_leaving(worker);
        if let Some((_, connection)) = self.unacked.remove(&worker) {
            self.waiting.push_front(connection);
        }
    }

    /// The next connection and the worker that is to get it.
    pub(crate) fn assign(&mut self) -> Option<(u32, &T)> {
        if self.waiting.is_empty() {
            return None;
        }
        let (_, worker) = self.idle.pop_first()?;
        self.assigned += 1;
        let connection = self.waiting.pop_front()?;
        let (_, connection) = self.unacked.entry(worker).or_insert((self.assigned, connection));
        Some((worker, connection))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dispatcher(workers: &[u32], connections: &[&'static str]) -> Dispatcher<&'static str> {
        let mut dispatcher = Dispatcher::new();
        workers.iter().for_each(|worker| dispatcher.mark_idle(*worker));
        connections.iter().for_each(|connection| dispatcher.add(*connection));
        dispatcher
    }

    fn assign(dispatcher: &mut Dispatcher<&'static str>) -> Vec<(u32, &'static str)> {
        std::iter::from_fn(|| dispatcher.assign().map(|(worker, connection)| (worker, *connection))).collect()
    }

    #[test]
    fn each_idle_worker_is_next_in_turn_and_each_has_one_unacknowledged() {
        let mut dispatcher = dispatcher(&[1, 2], &["a", "b", "c", "d"]);
        assert_eq!(assign(&mut dispatcher), [(1, "a"), (2, "b")]);
        assert_eq!(dispatcher.waiting(), 2);
        dispatcher.mark_idle(2);
        assert_eq!(dispatcher.acked, ["b"]);
        assert_eq!(assign(&mut dispatcher), [(2, "c")]);
        dispatcher.mark_idle(1);
        assert_eq!(assign(&mut dispatcher), [(1, "d")]);
    }

    #[test]
    fn of_those_that_are_idle_the_one_with_the_oldest_connection_is_next() {
        let mut dispatcher = dispatcher(&[1, 2, 3], &["a", "b", "c", "d", "e"]);
        assign(&mut dispatcher);
        [3, 1].into_iter().for_each(|worker| dispatcher.mark_idle(worker));
        assert_eq!(assign(&mut dispatcher), [(1, "d"), (3, "e")]);
    }

    #[test]
    fn an_unacknowledged_connection_of_a_dead_worker_goes_to_another_before_the_rest() {
        let mut dispatcher = dispatcher(&[1, 2], &["a", "b", "c"]);
        assign(&mut dispatcher);
        dispatcher.take_back(1);
        dispatcher.mark_idle(2);
        assert_eq!(assign(&mut dispatcher), [(2, "a")]);
    }

    #[test]
    fn an_acknowledged_connection_dies_with_its_worker_and_a_dead_worker_gets_nothing() {
        let mut dispatcher = dispatcher(&[1], &["a"]);
        assign(&mut dispatcher);
        dispatcher.mark_idle(1);
        dispatcher.take_back(1);
        dispatcher.add("b");
        assert_eq!(assign(&mut dispatcher), []);
        dispatcher.mark_idle(2);
        assert_eq!(assign(&mut dispatcher), [(2, "b")]);
    }

    #[test]
    fn a_worker_that_leaves_keeps_what_it_was_assigned_and_gets_no_more() {
        let mut dispatcher = dispatcher(&[1, 2], &["a"]);
        assign(&mut dispatcher);
        dispatcher.mark_leaving(1);
        dispatcher.mark_leaving(2);
        dispatcher.add("b");
        dispatcher.acknowledge(1);
        assert_eq!(assign(&mut dispatcher), []);
        dispatcher.mark_idle(3);
        assert_eq!(assign(&mut dispatcher), [(3, "b")]);
    }
}
