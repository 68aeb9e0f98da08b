//! Signatures that came with a document for keeping: what the technical check found when it came (`docs/account.md`).

use crate::clinic_signature::TimeEvidence;
use crate::document::named;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Most detached signatures that come with a document.
pub const DETACHED_MAX: usize = 16;

/// Largest of them, in bytes: a message of 1 MiB in base64, with its lines.
pub const DETACHED_BYTES_MAX: usize = 3 << 19;

/// Most bytes of all of them together.
pub const DETACHED_ALL_MAX: usize = 4 << 20;

/// Most signatures inside a file that are looked at.
pub const INSIDE_MAX: usize = 16;

named! {
    /// Where a signature stands.
    #[cfg_attr(feature = "schema", schemars(rename = "KeptSignaturePlace"))]
    Place {
        /// Inside the PDF (PAdES).
        Inside = "inside",
        /// Beside it: a part `signature` of the request.
        Detached = "detached",
    }
}

named! {
    /// What the technical check found.
    #[cfg_attr(feature = "schema", schemars(rename = "KeptSignatureVerdict"))]
    Verdict {
        /// It is over these bytes, and its certificate is good by the operator's authorities and lists.
        Valid = "valid",
        /// Nothing is wrong with it, but it can't be checked to the end: `code` tells why.
        Unproven = "unproven",
        /// It does not hold: `code` tells why.
        Invalid = "invalid",
    }
}

/// A signature that came with a document for keeping. Unless the verdict is `valid`, what stands here of the signer is only what the
/// certificate beside it says. A technical check of the day when it came: whether a signature is qualified, only tools with a
/// confirmation of conformity establish (63-FZ art. 11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeptSignature {
    /// Where it stands.
    pub place: Place,
    /// Of a detached one the number of its file, from 1 (`/kept-signatures/{number}`); one file may hold several signatures.
    pub file: Option<u32>,
    /// What was found.
    pub verdict: Verdict,
    /// Why it is not `valid`: a code of the clinic's signature, such as `certificate_untrusted`.
    pub code: Option<String>,
    /// Whether it covers the whole file: nothing was added after it.
    pub covers_all: bool,
    /// Whose certificate it is.
    pub owner: Option<String>,
    /// Position, where the certificate has one.
    pub position: Option<String>,
    /// Organisation, where the certificate has one.
    pub organisation: Option<String>,
    /// Who gave the certificate out.
    pub issuer: Option<String>,
    /// Its number in lower-case hex.
    pub certificate_serial: Option<String>,
    /// The first second of its validity.
    pub valid_from: Option<Timestamp>,
    /// The last second of its validity.
    pub valid_to: Option<Timestamp>,
    /// `CAdES-BES`, `PAdES-T` and so on; of valid ones.
    pub level: Option<String>,
    /// When it was signed: of valid ones as `time_evidence` says, else the signer's word.
    pub signed_at: Option<Timestamp>,
    /// What `signed_at` of a valid one stands on.
    pub time_evidence: Option<TimeEvidence>,
    /// SHA-256 of the message, DER.
    pub sha256: Option<String>,
    /// When it was checked.
    pub checked_at: Timestamp,
}

/// `POST /blobs/{id}/signatures` of `vault`; it answers with a list of [`KeptSignature`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CheckKept {
    /// Detached signatures as they came, base64.
    pub detached: Vec<String>,
}
