#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod audit;
pub mod checkpoint;
pub mod entry;
pub mod proof;
pub mod tree;

pub use checkpoint::{Checkpoint, NoteError, NoteKey, NoteVerifier};
pub use entry::Entry;
pub use proof::{
    Plan, assemble, consistency_plan, inclusion_plan, verify_consistency, verify_inclusion,
};
pub use tree::{Frontier, Hash, Node, NodeId, empty_root, from_hex, leaf_hash, node_hash, to_hex};
