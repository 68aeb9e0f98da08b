//! Inclusion and consistency proofs: which nodes they need, and whether they hold.
//!
//! A store keeps complete subtrees only. A subtree on the right edge that isn't complete is put together from several
//! of them, so every proof reads O(log n) nodes.

#[cfg(test)]
mod tests;

use crate::tree::{Hash, NodeId, empty_root, fold, node_hash};

/// What a proof is made of: each hash of the proof is that of one or more neighbouring complete subtrees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan(Vec<Vec<NodeId>>);

impl Plan {
    /// The nodes to read, in the order of the proof.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.0.iter().flatten().copied()
    }

    /// Hashes of the proof.
    #[expect(clippy::len_without_is_empty, reason = "a number, not a collection")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// `PATH(index, D[size])` of RFC 6962 section 2.1.1. `None` where there is no such leaf.
pub fn inclusion_plan(index: u64, size: u64) -> Option<Plan> {
    if index >= size {
        return None;
    }
    let (mut from, mut to) = (0, size);
    let mut steps = Vec::new();
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            steps.push(subtrees(middle, to));
            to = middle;
        } else {
            steps.push(subtrees(from, middle));
            from = middle;
        }
    }
    steps.reverse();
    Some(Plan(steps))
}

/// `PROOF(old, D[new])` of RFC 6962 section 2.1.2; empty where `old` is 0 or `new`. `None` where `old` is larger.
pub fn consistency_plan(old: u64, new: u64) -> Option<Plan> {
    if old > new {
        return None;
    }
    let (mut from, mut to) = (0, new);
    let mut steps = Vec::new();
    if old == 0 || old == new {
        return Some(Plan(steps));
    }
    while to != old {
        let middle = from + split(to - from);
        if old <= middle {
            steps.push(subtrees(middle, to));
            to = middle;
        } else {
            steps.push(subtrees(from, middle));
            from = middle;
        }
    }
    // What is left is a subtree of the old tree; the old tree itself is known to whoever asks.
    if from > 0 {
        steps.push(subtrees(from, to));
    }
    steps.reverse();
    Some(Plan(steps))
}

/// The proof, from nodes that `get` reads. `None` where one of them is missing.
pub fn assemble(plan: &Plan, get: impl Fn(NodeId) -> Option<Hash>) -> Option<Vec<Hash>> {
    let step = |nodes: &Vec<NodeId>| {
        let hashes: Option<Vec<Hash>> = nodes.iter().map(|id| get(*id)).collect();
        fold(&hashes?)
    };
    plan.0.iter().map(step).collect()
}

/// Whether a leaf is number `index` in the tree with this size and root: RFC 9162 section 2.1.3.2.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            skip(&mut node, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        node /= 2;
        last /= 2;
    }
    last == 0 && hash == *root
}

/// Whether the first `old_size` leaves of the new tree are the old tree: RFC 9162 section 2.1.4.2.
///
/// The empty tree is the beginning of every tree; its proof is empty, as is that of a tree and itself.
pub fn verify_consistency(
    old_size: u64,
    new_size: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &[Hash],
) -> bool {
    if old_size == 0 {
        return proof.is_empty()
            && *old_root == empty_root()
            && (new_size > 0 || old_root == new_root);
    }
    if old_size >= new_size {
        return old_size == new_size && proof.is_empty() && old_root == new_root;
    }
    // A complete old tree is a node of the new one, and so not repeated in the proof.
    let (first, rest) = match proof.split_first() {
        _ if old_size.is_power_of_two() => (old_root, proof),
        Some((first, rest)) => (first, rest),
        None => return false,
    };
    let shift = (old_size - 1).trailing_ones();
    let (mut node, mut last) = ((old_size - 1) >> shift, (new_size - 1) >> shift);
    let (mut old, mut new) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            old = node_hash(sibling, &old);
            new = node_hash(sibling, &new);
            skip(&mut node, &mut last);
        } else {
            new = node_hash(&new, sibling);
        }
        node /= 2;
        last /= 2;
    }
    last == 0 && old == *old_root && new == *new_root
}

/// Goes up over levels where a node on the right edge has no sibling.
fn skip(node: &mut u64, last: &mut u64) {
    while node.is_multiple_of(2) && *node != 0 {
        *node /= 2;
        *last /= 2;
    }
}

/// The largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The largest complete subtrees that make up the leaves from `from` to before `to`: a node of the tree, so `from` is a
/// multiple of the first one's size.
fn subtrees(mut from: u64, to: u64) -> Vec<NodeId> {
    let mut nodes = Vec::new();
    while from < to {
        let level = (to - from).ilog2();
        nodes.push(NodeId {
            level,
            index: from >> level,
        });
        from += 1 << level;
    }
    nodes
}
