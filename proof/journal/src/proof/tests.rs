//! Proofs against the reference tree of Certificate Transparency, against the definitions in RFC 6962, and altered.

use super::*;
use crate::tree::tests::{mth, reference_leaves};
use crate::tree::{Frontier, from_hex, leaf_hash};
use std::collections::HashMap;

const SIZES: usize = 70;

struct Tree {
    leaves: Vec<Hash>,
    nodes: HashMap<NodeId, Hash>,
}

impl Tree {
    fn of(leaves: Vec<Hash>) -> Self {
        let mut frontier = Frontier::default();
        let mut nodes = HashMap::new();
        for (index, leaf) in (0..).zip(&leaves) {
            nodes.insert(NodeId { level: 0, index }, *leaf);
            nodes.extend(frontier.push(*leaf).into_iter().map(|n| (n.id, n.hash)));
        }
        Self { leaves, nodes }
    }

    fn root(&self, size: usize) -> Hash {
        mth(&self.leaves[..size])
    }

    fn proof(&self, plan: Option<Plan>) -> Vec<Hash> {
        assemble(&plan.unwrap(), |id| self.nodes.get(&id).copied()).unwrap()
    }
}

fn many() -> Tree {
    Tree::of((0..70_u8).map(|n| leaf_hash(&[n, 1])).collect())
}

/// `PATH` of RFC 6962 section 2.1.1, as written there.
fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(k);
    let (mut proof, other) = if m < k {
        (path(m, left), mth(right))
    } else {
        (path(m - k, right), mth(left))
    };
    proof.push(other);
    proof
}

/// `SUBPROOF` of RFC 6962 section 2.1.2, as written there.
fn subproof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if whole { Vec::new() } else { vec![mth(leaves)] };
    }
    let k = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(k);
    let (mut proof, other) = if m <= k {
        (subproof(m, left, whole), mth(right))
    } else {
        (subproof(m - k, right, false), mth(left))
    };
    proof.push(other);
    proof
}

/// Every way to spoil a proof: a bit of a hash, a hash too few, one too many, two in another order.
fn spoiled(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for at in 0..proof.len() {
        let mut one = proof.to_vec();
        one[at][at % 32] ^= 1 << (at % 8);
        all.push(one);
        let mut one = proof.to_vec();
        one.remove(at);
        all.push(one);
        if at > 0 {
            let mut one = proof.to_vec();
            one.swap(at - 1, at);
            all.push(one);
        }
    }
    for extra in [leaf_hash(b"extra"), empty_root()] {
        all.push([proof, &[extra]].concat());
        all.push([&[extra], proof].concat());
    }
    all
}

/// Known answers of google/certificate-transparency (`merkle_tree_test`), also used by trillian and others.
#[test]
fn reference_proofs() {
    const A: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
    const B: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
    const C: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
    const D: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
    const E: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
    const F: &str = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7";
    const G: &str = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
    const H: &str = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
    const I: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
    let tree = Tree::of(reference_leaves());
    let hashes = |texts: &[&str]| -> Vec<Hash> {
        texts.iter().map(|text| from_hex(text).unwrap()).collect()
    };
    let inclusion: [(u64, u64, &[&str]); 5] = [
        (0, 1, &[]),
        (0, 8, &[A, B, C]),
        (5, 8, &[D, E, F]),
        (2, 3, &[G]),
        (1, 5, &[H, B, D]),
    ];
    for (index, size, proof) in inclusion {
        assert_eq!(
            tree.proof(inclusion_plan(index, size)),
            hashes(proof),
            "{index} in {size}"
        );
    }
    let consistency: [(u64, u64, &[&str]); 4] = [
        (1, 1, &[]),
        (1, 8, &[A, B, C]),
        (6, 8, &[I, E, F]),
        (2, 5, &[B, D]),
    ];
    for (old, new, proof) in consistency {
        assert_eq!(
            tree.proof(consistency_plan(old, new)),
            hashes(proof),
            "{old} to {new}"
        );
    }
}

#[test]
fn every_inclusion_proof_holds_and_none_that_is_altered() {
    let tree = many();
    for size in 1..=SIZES {
        let root = tree.root(size);
        for index in 0..size {
            let leaf = &tree.leaves[index];
            let (index64, size64) = (index as u64, size as u64);
            let proof = tree.proof(inclusion_plan(index64, size64));
            assert_eq!(proof, path(index, &tree.leaves[..size]));
            assert!(verify_inclusion(leaf, index64, size64, &proof, &root));
            for bad in spoiled(&proof) {
                assert!(!verify_inclusion(leaf, index64, size64, &bad, &root));
            }
            for other in (0..=size).filter(|other| *other != index) {
                assert!(
                    !verify_inclusion(leaf, other as u64, size64, &proof, &root),
                    "{index} of {size} passes as {other}"
                );
            }
            let wrong = leaf_hash(b"other");
            assert!(!verify_inclusion(&wrong, index64, size64, &proof, &root));
            assert!(!verify_inclusion(leaf, index64, size64, &proof, &wrong));
        }
        assert_eq!(inclusion_plan(size as u64, size as u64), None);
    }
}

#[test]
fn every_consistency_proof_holds_and_none_that_is_altered() {
    let tree = many();
    for new in 0..=SIZES {
        let new_root = tree.root(new);
        for old in 0..=new {
            let old_root = tree.root(old);
            let (old64, new64) = (old as u64, new as u64);
            let proof = tree.proof(consistency_plan(old64, new64));
            if old > 0 && old < new {
                assert_eq!(proof, subproof(old, &tree.leaves[..new], true));
            }
            let check =
                |proof: &[Hash]| verify_consistency(old64, new64, &old_root, &new_root, proof);
            assert!(check(&proof), "{old} to {new}");
            for bad in spoiled(&proof) {
                assert!(!check(&bad), "{old} to {new}");
            }
            let wrong = leaf_hash(b"other");
            assert!(!verify_consistency(old64, new64, &wrong, &new_root, &proof));
            if old > 0 {
                assert!(!verify_consistency(old64, new64, &old_root, &wrong, &proof));
            }
        }
        assert_eq!(consistency_plan(new as u64 + 1, new as u64), None);
    }
}

/// Numbers from outside never make it panic, loop long or overflow.
#[test]
fn large_numbers() {
    let max = u64::MAX;
    let plan = inclusion_plan(max - 1, max).unwrap();
    assert!(plan.nodes().count() < 65);
    let plan = consistency_plan(max / 2, max).unwrap();
    assert!(plan.nodes().count() < 200);
    let hash = empty_root();
    let proof = vec![hash; 200];
    assert!(!verify_inclusion(&hash, max - 1, max, &proof, &hash));
    assert!(!verify_consistency(max - 1, max, &hash, &hash, &proof));
    assert!(!verify_consistency(1 << 63, max, &hash, &hash, &proof));
}
