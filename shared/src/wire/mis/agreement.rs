//! The clinic's user agreement, and who accepted it.

use crate::document::Method;
use crate::hash::Hashes;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A version of the clinic's user agreement: `PUT` and `GET /api/v1/agreement`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Agreement {
    /// Our id.
    pub id: String,
    /// From 1; the highest is in force.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub version: i64,
    /// Title that the patient sees.
    pub title: String,
    /// Hashes of the bytes received.
    #[serde(flatten)]
    pub hashes: Hashes,
    /// Size of the bytes received.
    pub size: u64,
    /// Number of pages.
    pub pages: u32,
    /// When it was published.
    pub created_at: Timestamp,
}

/// Who accepted which version: an item of `GET /api/v1/agreements/acceptances`. The sealed PDF and its evidence are those
/// of the document.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Acceptance {
    /// The document that the acceptance made.
    pub document_id: String,
    /// The version.
    pub agreement_id: String,
    /// Its number.
    pub agreement_version: i64,
    /// SHA-256 of its file.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[0-9a-f]{64}$")))]
    pub agreement_sha256: String,
    /// Full name of the person behind the contact; null where nobody has named one yet.
    pub name: Option<String>,
    /// The phone that the agreement names for codes, E.164; null where it names none.
    pub phone: Option<String>,
    /// The e-mail whose code accepted it; null otherwise.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "email")))]
    pub email: Option<String>,
    /// By a code from an SMS or an e-mail, or through ESIA (Gosuslugi).
    pub method: Method,
    /// When.
    pub accepted_at: Timestamp,
}
