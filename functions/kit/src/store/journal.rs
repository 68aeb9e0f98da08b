//! The journal: append-only, per clinic, without personal data.

use crate::db::{DbError, Tx};
use crate::random;
use podpis_shared::Timestamp;
use podpis_shared::hash::hex;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Types of entries. Stored for decades: a name is never changed or given a new meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Accepted from the MIS.
    Sent,
    /// Shown on the person's page for the first time.
    Opened,
    /// Signed by the patient or a representative.
    PatientSigned,
    /// Every needed signature is there.
    Completed,
    /// The person declined.
    Declined,
    /// The time ran out.
    Expired,
    /// The clinic took it back.
    Cancelled,
    /// A message reached its gateway.
    MessageDelivered,
    /// A message could not be sent.
    MessageFailed,
    /// A link was made.
    LinkIssued,
    /// A person went to ESIA to sign.
    EsiaStarted,
    /// The way through ESIA ended without a signature; `data.code` says why.
    EsiaFailed,
}

impl Event {
    /// Name in the journal and, for public ones, in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "document.sent",
            Self::Opened => "document.opened",
            Self::PatientSigned => "document.patient_signed",
            Self::Completed => "document.completed",
            Self::Declined => "document.declined",
            Self::Expired => "document.expired",
            Self::Cancelled => "document.cancelled",
            Self::MessageDelivered => "message.delivered",
            Self::MessageFailed => "message.failed",
            Self::LinkIssued => "link.issued",
            Self::EsiaStarted => "esia.started",
            Self::EsiaFailed => "esia.failed",
        }
    }

    /// Whether the clinic gets it as an event.
    pub const fn is_public(self) -> bool {
        !matches!(
            self,
            Self::LinkIssued | Self::EsiaStarted | Self::EsiaFailed
        )
    }
}

/// Appends an entry in the transaction of the change that it tells of; gives its number.
///
/// # Errors
/// As the database says.
pub async fn append(
    tx: &Tx,
    clinic_id: &str,
    document_id: Option<&str>,
    event: Event,
    at: Timestamp,
    data: Value,
) -> Result<i64, DbError> {
    let id = random::id("evt").map_err(|e| DbError::host("random", e))?;
    let next = "SELECT coalesce(max(seq), 0) + 1 FROM journal WHERE clinic_id = ?1";
    let seq = tx
        .first(next, [clinic_id.into()])
        .await?
        .map_or(Ok(1), |row| row.int(0))?;
    let leaf = leaf_hash(clinic_id, seq, &id, event, document_id, at, &data);
    tx.execute(
        "INSERT INTO journal (clinic_id, seq, id, type, public, document_id, at, data, leaf_hash) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        [
            clinic_id.into(),
            seq.into(),
            id.into(),
            event.as_str().into(),
            i64::from(event.is_public()).into(),
            document_id.into(),
            at.unix().into(),
            data.to_string().into(),
            leaf.into(),
        ],
    )
    .await?;
    Ok(seq)
}

/// Leaf of RFC 6962 section 2.1 over the entry as JSON with sorted keys.
fn leaf_hash(
    clinic_id: &str,
    seq: i64,
    id: &str,
    event: Event,
    document_id: Option<&str>,
    at: Timestamp,
    data: &Value,
) -> String {
    let entry = json!({
        "clinic_id": clinic_id, "seq": seq, "id": id, "type": event.as_str(),
        "document_id": document_id, "at": at, "data": data,
    });
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(entry.to_string());
    hex(&hasher.finalize())
}
