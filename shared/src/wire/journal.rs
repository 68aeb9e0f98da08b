//! What a clinic and the operator are told of the journal: `vault` makes it, `mis` hands it on.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The present head of a clinic's journal, signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Checkpoint {
    /// Signed tree head: C2SP tlog-checkpoint, Ed25519.
    pub checkpoint: String,
    /// First line of the checkpoint: the journal's name and the clinic's id.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of RFC 6962.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[0-9a-f]{64}$")))]
    pub root: String,
    /// The key that signed, in the form name+id+base64; trust only the one from the trust list.
    pub key: String,
}

/// A document's entries with their proofs under the present head.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DocumentProof {
    /// The head.
    #[serde(flatten)]
    pub head: Checkpoint,
    /// The document.
    pub document_id: String,
    /// Its entries in their order.
    pub entries: Vec<ProvenEntry>,
}

/// An entry with its proof.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct ProvenEntry {
    /// Number in the journal, from 1; the leaf's index is one less.
    pub seq: u64,
    /// What is hashed, in the canonical form of RFC 8785.
    #[cfg_attr(feature = "schema", schemars(extend("type" = "object")))]
    pub entry: Value,
    /// SHA-256 of a zero byte and the canonical entry.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[0-9a-f]{64}$")))]
    pub leaf_hash: String,
    /// Hashes bottom up, RFC 6962.
    #[cfg_attr(
        feature = "schema",
        schemars(inner(regex(pattern = r"^[0-9a-f]{64}$")))
    )]
    pub proof: Vec<String>,
}

/// That a later head continues an earlier one, with the present head.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConsistencyProof {
    /// The present head.
    #[serde(flatten)]
    pub head: Checkpoint,
    /// Size of the earlier tree.
    pub from: u64,
    /// Size of the later tree.
    pub to: u64,
    /// Hashes bottom up, RFC 6962.
    #[cfg_attr(
        feature = "schema",
        schemars(inner(regex(pattern = r"^[0-9a-f]{64}$")))
    )]
    pub proof: Vec<String>,
}

/// What an audit of all journals found.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JournalAudit {
    /// The worst over all clinics.
    pub state: JournalState,
    /// Every journal was looked at; if not, the next call goes on.
    pub complete: bool,
    /// Journals.
    pub clinics: i64,
    /// Entries of all of them.
    pub entries: i64,
    /// Journals that don't add up.
    pub clinics_broken: i64,
    /// Journals that were not audited in full for two days.
    pub clinics_unchecked: i64,
    /// The oldest of the last audits.
    pub checked_at: Option<Timestamp>,
    /// Journals that don't add up, at most 100.
    pub items: Vec<AuditedJournal>,
}

/// A journal as its last audit found it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct AuditedJournal {
    /// The clinic.
    pub clinic_id: String,
    /// Its name.
    pub name: String,
    /// Entries.
    pub size: i64,
    /// In a word.
    pub state: JournalState,
    /// The last audit.
    pub checked_at: Option<Timestamp>,
    /// The last one from the first entry on.
    pub full_at: Option<Timestamp>,
    /// What doesn't add up.
    pub problems: Vec<JournalProblem>,
}

/// What doesn't add up in a journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct JournalProblem {
    /// In a word.
    #[cfg_attr(
        feature = "schema",
        schemars(extend("enum" = ["changed", "missing", "reordered", "truncated", "node", "head", "checkpoint",
            "forged_checkpoint", "more"]))
    )]
    pub kind: String,
    /// At which entry.
    pub seq: i64,
    /// In a sentence.
    pub text: String,
}

/// How it stands with a journal, or with the worst of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub enum JournalState {
    /// It adds up.
    Ok,
    /// It was damaged or tampered with.
    Broken,
    /// It was not audited in full for two days.
    Unchecked,
}
