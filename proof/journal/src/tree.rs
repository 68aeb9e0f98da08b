//! Hashing of RFC 6962 section 2.1, and the frontier that a tree grows from.

use sha2::{Digest as _, Sha256};

/// SHA-256 of a leaf or a node.
pub type Hash = [u8; 32];

/// A complete subtree: `2^level` leaves, the first of them number `index * 2^level`. Level 0 is a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// Height above the leaves.
    pub level: u32,
    /// Place among the subtrees of this height, from 0.
    pub index: u64,
}

/// A complete subtree with its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Which.
    pub id: NodeId,
    /// Its hash.
    pub hash: Hash,
}

/// Hash of a leaf: `SHA-256(0x00 || bytes)`.
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([0])
        .chain_update(bytes)
        .finalize()
        .into()
}

/// Hash of a node over its two children: `SHA-256(0x01 || left || right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// Root of the tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// Lower-case hex of 64 digits.
pub fn to_hex(hash: &Hash) -> String {
    podpis_shared::hash::hex(hash)
}

/// A hash from lower-case hex. `None` for anything else.
pub fn from_hex(text: &str) -> Option<Hash> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let text: &[u8; 64] = text.as_bytes().try_into().ok()?;
    let (pairs, _) = text.as_chunks::<2>();
    let mut hash = [0; 32];
    for (byte, [high, low]) in hash.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(hash)
}

/// The right edge of a tree: the roots of its largest complete subtrees, left to right. At most 64 hashes, whatever the
/// number of leaves; all that an append and the root need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// One for each bit that is set in `size`, the highest first.
    roots: Vec<Hash>,
}

impl Frontier {
    /// Number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf; gives the inner nodes (level 1 and up) that it completes: none for every second leaf, one
    /// on average.
    pub fn push(&mut self, leaf: Hash) -> Vec<Node> {
        let mut node = Node {
            id: NodeId {
                level: 0,
                index: self.size,
            },
            hash: leaf,
        };
        let mut completed = Vec::new();
        while node.id.index % 2 == 1 {
            // A node with an odd index has its left sibling at the end of `roots`: they are as many as bits set.
            let Some(left) = self.roots.pop() else { break };
            node = Node {
                id: NodeId {
                    level: node.id.level + 1,
                    index: node.id.index / 2,
                },
                hash: node_hash(&left, &node.hash),
            };
            completed.push(node);
        }
        self.roots.push(node.hash);
        self.size += 1;
        completed
    }

    /// The tree's root, `MTH` of RFC 6962.
    pub fn root(&self) -> Hash {
        fold(&self.roots).unwrap_or_else(empty_root)
    }

    /// The hashes as text for a store; the size is to be kept beside it.
    pub fn to_text(&self) -> String {
        self.roots.iter().map(to_hex).collect()
    }

    /// The frontier of a tree with so many leaves. `None` where text and size don't fit each other.
    pub fn from_text(size: u64, text: &str) -> Option<Self> {
        let mut roots = Vec::with_capacity(64);
        let mut rest = text;
        while !rest.is_empty() {
            let (hash, after) = rest.split_at_checked(64)?;
            roots.push(from_hex(hash)?);
            rest = after;
        }
        (roots.len() == usize::try_from(size.count_ones()).ok()?).then_some(Self { size, roots })
    }
}

/// Hashes neighbouring subtrees, larger ones to the left, into one. `None` of none.
pub(crate) fn fold(roots: &[Hash]) -> Option<Hash> {
    let (last, before) = roots.split_last()?;
    Some(
        before
            .iter()
            .rfold(*last, |right, left| node_hash(left, &right)),
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Leaves of the reference tree of Certificate Transparency (`merkletree` tests of
    /// google/certificate-transparency), in hex.
    pub(crate) const LEAVES: [&str; 8] = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];

    /// Roots of its first 0 to 8 leaves.
    pub(crate) const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    pub(crate) fn reference_leaves() -> Vec<Hash> {
        let bytes = |text: &str| -> Vec<u8> {
            let digits: Vec<u8> = text
                .chars()
                .map(|c| u8::try_from(c.to_digit(16).unwrap()).unwrap())
                .collect();
            digits
                .chunks(2)
                .map(|pair| pair[0] << 4 | pair[1])
                .collect()
        };
        LEAVES.iter().map(|text| leaf_hash(&bytes(text))).collect()
    }

    /// `MTH` of RFC 6962 section 2.1 as it is written there: what everything else is held against.
    pub(crate) fn mth(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            _ => {
                let k = leaves.len().next_power_of_two() / 2;
                node_hash(&mth(&leaves[..k]), &mth(&leaves[k..]))
            }
        }
    }

    #[test]
    fn reference_roots() {
        let leaves = reference_leaves();
        let mut frontier = Frontier::default();
        assert_eq!(to_hex(&frontier.root()), ROOTS[0]);
        for (leaf, root) in leaves.iter().zip(&ROOTS[1..]) {
            frontier.push(*leaf);
            assert_eq!(to_hex(&frontier.root()), *root);
        }
    }

    #[test]
    fn a_frontier_grows_as_the_tree_does() {
        let leaves: Vec<Hash> = (0..200_u8).map(|n| leaf_hash(&[n])).collect();
        let mut frontier = Frontier::default();
        let mut nodes = Vec::new();
        for (count, leaf) in (1..).zip(&leaves) {
            nodes.extend(frontier.push(*leaf));
            assert_eq!(frontier.root(), mth(&leaves[..count]));
            let text = frontier.to_text();
            assert_eq!(
                Frontier::from_text(frontier.size(), &text),
                Some(frontier.clone())
            );
        }
        // A tree of n leaves has n - popcount(n) complete inner nodes, each the root of its leaves.
        assert_eq!(nodes.len(), 200 - 3);
        for Node { id, hash } in nodes {
            let first = usize::try_from(id.index << id.level).unwrap();
            assert_eq!(hash, mth(&leaves[first..first + (1 << id.level)]));
        }
    }

    #[test]
    fn texts_that_are_no_frontier() {
        let hash = to_hex(&empty_root());
        for (size, text) in [
            (0, hash.as_str()),
            (1, ""),
            (3, &hash),
            (1, &hash.to_uppercase()),
            (1, &hash[1..]),
            (1, "я"),
        ] {
            assert_eq!(Frontier::from_text(size, text), None, "{size} {text}");
        }
    }
}
