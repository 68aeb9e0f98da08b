//! The bytes that are hashed for one entry of the journal.

use crate::tree::{Hash, leaf_hash};
use podpis_shared::Timestamp;
use serde_json::{Value, json};

/// Beginnings of the types that only the operator sees; every other entry is an event for the clinic.
const INTERNAL: [&str; 8] = [
    "link.", "esia.", "code.", "seal.", "staff.", "key.", "webhook.", "signer.",
];

/// An entry as it is hashed. It has no personal data.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Whose journal.
    pub clinic_id: &'a str,
    /// Number in it, from 1. The leaf's index is one less.
    pub seq: u64,
    /// Id, unique over all journals.
    pub id: &'a str,
    /// Type, for example `document.sent`.
    pub kind: &'a str,
    /// The document that it tells of.
    pub document_id: Option<&'a str>,
    /// When.
    pub at: Timestamp,
    /// Facts of this type.
    pub data: &'a Value,
}

impl Entry<'_> {
    /// The entry as JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "at": self.at, "clinic_id": self.clinic_id, "data": self.data, "document_id": self.document_id,
            "id": self.id, "seq": self.seq, "type": self.kind,
        })
    }

    /// Hash of its leaf.
    pub fn leaf_hash(&self) -> Hash {
        json_leaf_hash(&self.to_json())
    }
}

/// Hash of the leaf of an entry that is already JSON: over its canonical form.
pub fn json_leaf_hash(entry: &Value) -> Hash {
    leaf_hash(canonical(entry).as_bytes())
}

/// Canonical JSON of RFC 8785.
pub fn canonical(value: &Value) -> String {
    // A value in memory has nothing that can't be written; an empty text fits no hash.
    serde_json_canonicalizer::to_string(value).unwrap_or_default()
}

/// Whether entries of this type are events for the clinic.
pub fn is_public(kind: &str) -> bool {
    !INTERNAL.iter().any(|prefix| kind.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::to_hex;

    /// Cross-checked with Python: `sha256(b"\0" + json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False))`.
    #[test]
    fn a_leaf_is_over_canonical_json() {
        let data = json!({"sha256": "ab", "n": 2, "code": "отказ"});
        let entry = Entry {
            clinic_id: "cl_1",
            seq: 7,
            id: "evt_1",
            kind: "document.sent",
            document_id: None,
            at: Timestamp::from_unix(1_795_000_000),
            data: &data,
        };
        assert_eq!(
            canonical(&entry.to_json()),
            r#"{"at":"2026-11-18T11:06:40Z","clinic_id":"cl_1","data":{"code":"отказ","n":2,"sha256":"ab"},"document_id":null,"id":"evt_1","seq":7,"type":"document.sent"}"#
        );
        assert_eq!(
            to_hex(&entry.leaf_hash()),
            "7a6fd922e0842bb082784cd2fe3a601a7e8d6b0eb8e46fe0efe6e96b3bd6c6c1"
        );
    }

    #[test]
    fn who_sees_what() {
        assert!(is_public("document.sent") && is_public("message.failed"));
        assert!(!is_public("link.issued") && !is_public("esia.started"));
        assert!(!is_public("code.issued") && !is_public("staff.signed_in"));
    }
}
