//! An order that runs: each act after what it needs, and where nothing decides, by the engine's ranks.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// Acts and what each waits for.
#[derive(Debug, Default)]
pub struct Graph {
    /// By act: how early it stands among those that are free.
    ranks: Vec<(u32, usize)>,
    waits: Vec<BTreeSet<usize>>,
}

impl Graph {
    /// Adds an act; among equals the one that was added first comes first.
    pub fn add(&mut self, rank: u32) -> usize {
        let at = self.ranks.len();
        self.ranks.push((rank, at));
        self.waits.push(BTreeSet::new());
        at
    }

    /// `act` comes after `other`.
    pub fn after(&mut self, act: usize, other: usize) {
        if act != other
            && let Some(waits) = self.waits.get_mut(act)
        {
            waits.insert(other);
        }
    }

    /// Takes back that `act` comes after any of these.
    pub fn release(&mut self, act: usize, others: &BTreeSet<usize>) -> bool {
        self.waits.get_mut(act).is_some_and(|waits| {
            let before = waits.len();
            waits.retain(|other| !others.contains(other));
            waits.len() < before
        })
    }

    pub fn waits_for(&self, act: usize) -> impl Iterator<Item = usize> + '_ {
        self.waits.get(act).into_iter().flatten().copied()
    }

    /// All acts in order, as far as there is one; then those that wait for each other.
    pub fn sorted(&self) -> (Vec<usize>, BTreeSet<usize>) {
        let mut followers: Vec<Vec<usize>> = vec![Vec::new(); self.ranks.len()];
        let mut open: Vec<usize> = self.waits.iter().map(BTreeSet::len).collect();
        for (act, waits) in self.waits.iter().enumerate() {
            for other in waits {
                if let Some(list) = followers.get_mut(*other) {
                    list.push(act);
                }
            }
        }
        let mut free: BinaryHeap<Reverse<(u32, usize)>> = BinaryHeap::new();
        for (act, count) in open.iter().enumerate() {
            if *count == 0 {
                free.extend(self.ranks.get(act).copied().map(Reverse));
            }
        }
        let mut order = Vec::with_capacity(self.ranks.len());
        let mut left: BTreeSet<usize> = (0..self.ranks.len()).collect();
        while let Some(Reverse((_, act))) = free.pop() {
            order.push(act);
            left.remove(&act);
            for follower in followers.get(act).into_iter().flatten() {
                if let Some(count) = open.get_mut(*follower) {
                    *count -= 1;
                    if *count == 0 {
                        free.extend(self.ranks.get(*follower).copied().map(Reverse));
                    }
                }
            }
        }
        (order, self.circles(left))
    }

    /// Of those that are left, the ones that stand in a circle: the others only wait for one.
    fn circles(&self, mut left: BTreeSet<usize>) -> BTreeSet<usize> {
        loop {
            let needed: BTreeSet<usize> = left.iter().flat_map(|act| self.waits_for(*act)).filter(|other| left.contains(other)).collect();
            if needed.len() == left.len() {
                return left;
            }
            left = needed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first_and_ranks_decide_the_rest() {
        let mut graph = Graph::default();
        let (late, early, middle) = (graph.add(9), graph.add(1), graph.add(5));
        graph.after(early, late);
        assert_eq!(graph.sorted(), (vec![middle, late, early], BTreeSet::new()));
    }

    #[test]
    fn a_circle_is_told_without_those_that_wait_for_it() {
        let mut graph = Graph::default();
        let (a, b, outside) = (graph.add(1), graph.add(1), graph.add(1));
        graph.after(a, b);
        graph.after(b, a);
        graph.after(outside, a);
        let (order, circle) = graph.sorted();
        assert!(order.is_empty());
        assert_eq!(circle, BTreeSet::from([a, b]));
        assert!(graph.release(a, &BTreeSet::from([b])) && !graph.release(a, &BTreeSet::from([b])));
        assert_eq!(graph.sorted().0, [a, b, outside]);
    }
}
