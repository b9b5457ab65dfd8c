//! A binary min-heap of deadlines that can also take out an entry from its middle: a timer that was cancelled.

use crate::slab::Key;

/// Ordered by deadline; of equal deadlines, the one started first.
#[derive(Debug, Clone, Copy)]
struct Node {
    deadline: u64,
    start: u64,
    key: Key,
}

impl Node {
    fn is_before(&self, other: &Self) -> bool {
        (self.deadline, self.start) < (other.deadline, other.start)
    }
}

const NOWHERE: u32 = u32::MAX;

/// Insertion and removal in logarithmic time, the minimum at once.
pub(crate) struct Heap {
    /// Invariant: a node is not before its parent, the one at half its position.
    nodes: Vec<Node>,
    /// Where in `nodes` each key is, by the key's index.
    positions: Vec<u32>,
    starts: u64,
}

impl Heap {
    pub(crate) fn new() -> Self {
        Self { nodes: Vec::new(), positions: Vec::new(), starts: 0 }
    }

    /// Each key at most once.
    pub(crate) fn insert(&mut self, deadline: u64, key: Key) {
        if self.positions.len() <= key.index() {
            self.positions.resize(key.index() + 1, NOWHERE);
        }
        debug_assert_eq!(self.positions[key.index()], NOWHERE, "a timer is in the heap once");
        self.nodes.push(Node { deadline, start: self.starts, key });
        self.starts += 1;
        self.sift_up(self.nodes.len() - 1);
    }

    /// The earliest deadline.
    pub(crate) fn first(&self) -> Option<u64> {
        self.nodes.first().map(|node| node.deadline)
    }

    /// Takes out the earliest, if its deadline is not after `now`.
    pub(crate) fn pop_due(&mut self, now: u64) -> Option<Key> {
        let first = self.nodes.first().filter(|node| node.deadline <= now)?.key;
        self.remove(first);
        Some(first)
    }

    /// Takes out `key`, if it is there.
    pub(crate) fn remove(&mut self, key: Key) {
        let position = self.positions.get(key.index()).copied().unwrap_or(NOWHERE) as usize;
        if self.nodes.get(position).is_none_or(|node| node.key != key) {
            return;
        }
        self.positions[key.index()] = NOWHERE;
        self.nodes.swap_remove(position);
        if position < self.nodes.len() {
            // What came here from the end may belong nearer to the top, or further down.
            let settled = self.sift_up(position);
            self.sift_down(settled);
        }
    }

    fn sift_up(&mut self, mut position: usize) -> usize {
        while position > 0 && self.nodes[position].is_before(&self.nodes[(position - 1) / 2]) {
            self.nodes.swap(position, (position - 1) / 2);
            self.note(position);
            position = (position - 1) / 2;
        }
        self.note(position);
        position
    }

    fn sift_down(&mut self, mut position: usize) {
        loop {
            let children = (2 * position + 1)..(2 * position + 3).min(self.nodes.len());
            let Some(child) = children.min_by_key(|&at| (self.nodes[at].deadline, self.nodes[at].start)) else { break };
            if !self.nodes[child].is_before(&self.nodes[position]) {
                break;
            }
            self.nodes.swap(position, child);
            self.note(position);
            position = child;
        }
        self.note(position);
    }

    fn note(&mut self, position: usize) {
        self.positions[self.nodes[position].key.index()] = position as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slab::Slab;
    use std::collections::BTreeMap;

    /// A small random generator: the test needs variety, not quality.
    fn random(state: &mut u64) -> u64 {
        *state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        *state >> 33
    }

    #[test]
    fn the_heap_agrees_with_a_sorted_map_through_inserts_removals_and_pops() {
        for seed in 0..20 {
            let (mut heap, mut slab, mut sorted, mut state) = (Heap::new(), Slab::new(), BTreeMap::new(), seed);
            for start in 0..2_000_u64 {
                match random(&mut state) % 4 {
                    0 | 1 => {
                        let (deadline, key) = (random(&mut state) % 50, slab.insert(()));
                        heap.insert(deadline, key);
                        sorted.insert((deadline, start), key);
                    }
                    2 if !sorted.is_empty() => {
                        let nth = random(&mut state) as usize % sorted.len();
                        let (&at, &key) = sorted.iter().nth(nth).unwrap();
                        sorted.remove(&at);
                        heap.remove(key);
                        slab.remove(key);
                    }
                    _ => {
                        let expected = sorted.pop_first().map(|(_, key)| key);
                        assert_eq!(heap.pop_due(u64::MAX), expected);
                        expected.map(|key| slab.remove(key));
                    }
                }
                assert_eq!(heap.first(), sorted.first_key_value().map(|((deadline, _), _)| *deadline));
            }
        }
    }

    #[test]
    fn nothing_is_popped_before_its_deadline() {
        let (mut heap, mut slab) = (Heap::new(), Slab::new());
        let key = slab.insert(());
        heap.insert(5, key);
        assert_eq!((heap.pop_due(4), heap.pop_due(5), heap.pop_due(6)), (None, Some(key), None));
    }
}
