//! A clinic's journal in memory.

use podpis_journal::{
    Checkpoint, Frontier, Hash, NodeId, NoteKey, assemble, checkpoint, entry, inclusion_plan,
    to_hex,
};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Whose journal.
pub(crate) const CLINIC: &str = "cl_1";

/// A growing tree with all its nodes.
#[derive(Clone, Default)]
pub(crate) struct Log {
    frontier: Frontier,
    nodes: HashMap<(u32, u64), Hash>,
    entries: Vec<Value>,
}

impl Log {
    /// Ten entries of other documents, then those of one document until its signature.
    pub(crate) fn of_a_document(document_id: &str, sha256: &str) -> Self {
        let mut log = Self::default();
        for _ in 0..10 {
            log.push("doc_other", "document.opened", json!({}));
        }
        log.push(
            document_id,
            "document.sent",
            json!({"kind": "ids", "sha256": sha256}),
        );
        log.push("doc_other", "document.completed", json!({}));
        log.push(document_id, "document.opened", json!({}));
        log
    }

    pub(crate) fn push(&mut self, document_id: &str, kind: &str, data: Value) {
        let seq = self.frontier.size() + 1;
        let entry = json!({
            "at": "2026-12-01T11:00:00Z", "clinic_id": CLINIC, "data": data, "document_id": document_id,
            "id": format!("evt_{seq}"), "seq": seq, "type": kind,
        });
        let leaf = entry::json_leaf_hash(&entry);
        self.nodes.insert((0, seq - 1), leaf);
        for node in self.frontier.push(leaf) {
            self.nodes.insert((node.id.level, node.id.index), node.hash);
        }
        self.entries.push(entry);
    }

    /// The member `journal` of a bundle of `doc_1`.
    pub(crate) fn part(&self, key: &NoteKey) -> Value {
        let size = self.frontier.size();
        let head = Checkpoint {
            origin: format!("{}/{CLINIC}", key.name()),
            size,
            root: self.frontier.root(),
        };
        let mine = self
            .entries
            .iter()
            .filter(|entry| entry["document_id"] == "doc_1");
        let entries: Vec<Value> = mine.map(|entry| self.proven(entry, size)).collect();
        json!({"checkpoint": checkpoint::sign(&head, key), "entries": entries})
    }

    fn proven(&self, entry: &Value, size: u64) -> Value {
        let seq = entry["seq"].as_u64().unwrap();
        let get = |id: NodeId| self.nodes.get(&(id.level, id.index)).copied();
        let proof = assemble(&inclusion_plan(seq - 1, size).unwrap(), get).unwrap();
        json!({
            "seq": seq, "entry": entry, "leaf_hash": to_hex(&entry::json_leaf_hash(entry)),
            "proof": proof.iter().map(to_hex).collect::<Vec<_>>(),
        })
    }
}
