//! Round-robin: which worker gets the next connection, and what becomes of one that was not acknowledged.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Deals connections to workers that are free, the longest-free first, one unacknowledged to each.
///
/// Workers are heard in rounds, and of those heard in one nobody knows who spoke first (epoll(7) promises no order):
/// there, whoever was dealt to first is the longer-free.
#[derive(Debug)]
pub(crate) struct Dealer<T> {
    /// Workers without an unacknowledged connection: since which round, and the turn of their last connection.
    free: BTreeSet<(u64, u64, u32)>,
    /// What each of the others was handed, and in which turn. Kept here until it is acknowledged: nothing is lost if
    /// the worker dies.
    handed: BTreeMap<u32, (u64, T)>,
    /// Connections that nobody has been handed.
    waiting: VecDeque<T>,
    /// Those that are their workers' alone by now: our copies, still to be closed.
    acknowledged: Vec<T>,
    round: u64,
    turn: u64,
}

impl<T> Dealer<T> {
    pub(crate) fn new() -> Self {
        let (free, handed) = (BTreeSet::new(), BTreeMap::new());
        Self { free, handed, waiting: VecDeque::new(), acknowledged: Vec::new(), round: 0, turn: 0 }
    }

    /// How many connections nobody has been handed.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn arrived(&mut self, connection: T) {
        self.waiting.push_back(connection);
    }

    /// The worker is new, or has acknowledged what it was handed: it may have another.
    pub(crate) fn freed(&mut self, worker: u32) {
        let turn = self.handed.get(&worker).map_or(0, |(turn, _)| *turn);
        self.taken(worker);
        self.free.insert((self.round, turn, worker));
    }

    /// What the worker was handed, if anything, is its alone from now on.
    pub(crate) fn taken(&mut self, worker: u32) {
        self.acknowledged.extend(self.handed.remove(&worker).map(|(_, connection)| connection));
    }

    /// Closes what was acknowledged: this comes last, so that no worker waits for it with its next connection.
    pub(crate) fn end_round(&mut self) {
        self.acknowledged.clear();
        self.round += 1;
    }

    /// The worker is to leave, once it has acknowledged what it was handed: it is dealt nothing more.
    pub(crate) fn leaves(&mut self, worker: u32) {
        self.free.retain(|(_, _, free)| *free != worker);
    }

    /// The worker died. What it had not acknowledged is the next to be dealt.
    pub(crate) fn died(&mut self, worker: u32) {
        self.leaves(worker);
        if let Some((_, connection)) = self.handed.remove(&worker) {
            self.waiting.push_front(connection);
        }
    }

    /// The next connection and the worker that is to get it.
    pub(crate) fn deal(&mut self) -> Option<(u32, &T)> {
        if self.waiting.is_empty() {
            return None;
        }
        let (_, _, worker) = self.free.pop_first()?;
        self.turn += 1;
        let (_, connection) = self.handed.entry(worker).or_insert((self.turn, self.waiting.pop_front()?));
        Some((worker, connection))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dealer(workers: &[u32], connections: &[&'static str]) -> Dealer<&'static str> {
        let mut dealer = Dealer::new();
        workers.iter().for_each(|worker| dealer.freed(*worker));
        connections.iter().for_each(|connection| dealer.arrived(*connection));
        dealer
    }

    fn deal(dealer: &mut Dealer<&'static str>) -> Vec<(u32, &'static str)> {
        std::iter::from_fn(|| dealer.deal().map(|(worker, connection)| (worker, *connection))).collect()
    }

    #[test]
    fn the_longest_free_worker_is_next_and_each_has_one_unacknowledged() {
        let mut dealer = dealer(&[1, 2], &["a", "b", "c", "d"]);
        assert_eq!(deal(&mut dealer), [(1, "a"), (2, "b")]);
        assert_eq!(dealer.waiting(), 2);
        dealer.freed(2);
        assert_eq!(dealer.acknowledged, ["b"]);
        dealer.end_round();
        dealer.freed(1);
        assert_eq!(dealer.acknowledged, ["a"]);
        assert_eq!(deal(&mut dealer), [(2, "c"), (1, "d")]);
    }

    #[test]
    fn of_those_heard_in_one_round_the_first_that_was_dealt_to_is_the_longest_free() {
        let mut dealer = dealer(&[1, 2, 3], &["a", "b", "c", "d", "e"]);
        deal(&mut dealer);
        [3, 1].into_iter().for_each(|worker| dealer.freed(worker));
        assert_eq!(deal(&mut dealer), [(1, "d"), (3, "e")]);
    }

    #[test]
    fn an_unacknowledged_connection_of_a_dead_worker_goes_to_another_before_the_rest() {
        let mut dealer = dealer(&[1, 2], &["a", "b", "c"]);
        deal(&mut dealer);
        dealer.died(1);
        dealer.freed(2);
        assert_eq!(deal(&mut dealer), [(2, "a")]);
    }

    #[test]
    fn an_acknowledged_connection_dies_with_its_worker_and_a_dead_worker_is_dealt_nothing() {
        let mut dealer = dealer(&[1], &["a"]);
        deal(&mut dealer);
        dealer.freed(1);
        dealer.died(1);
        dealer.arrived("b");
        assert_eq!(deal(&mut dealer), []);
        dealer.freed(2);
        assert_eq!(deal(&mut dealer), [(2, "b")]);
    }

    #[test]
    fn a_worker_that_leaves_keeps_what_it_was_handed_and_is_dealt_no_more() {
        let mut dealer = dealer(&[1, 2], &["a"]);
        deal(&mut dealer);
        dealer.leaves(1);
        dealer.leaves(2);
        dealer.arrived("b");
        dealer.taken(1);
        assert_eq!(deal(&mut dealer), []);
        dealer.freed(3);
        assert_eq!(deal(&mut dealer), [(3, "b")]);
    }
}
