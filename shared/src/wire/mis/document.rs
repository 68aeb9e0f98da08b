//! A document as its clinic sees it, with its signatures.

use super::Package;
use crate::clinic_signature::{Over, TimeEvidence};
use crate::document::{Delivery, Kind, Method, Parties, Purpose, Status};
use crate::hash::Hashes;
use crate::person::Birthday;
use crate::sensitive::Sensitive;
use crate::templates::TemplateRef;
use crate::time::Timestamp;
use crate::wire::kept::KeptSignature;
use serde::{Deserialize, Serialize};

/// A document as its clinic sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Document {
    /// Our id.
    pub id: String,
    /// Kind.
    pub kind: Kind,
    /// Title.
    pub title: String,
    /// The MIS's own id.
    pub external_id: Option<String>,
    /// What it was sent for.
    #[serde(default)]
    pub purpose: Purpose,
    /// How it reaches the person.
    pub delivery: Delivery,
    /// How the person signs; `email` only of an accepted user agreement; null with `purpose: keeping`.
    pub method: Option<Method>,
    /// Whose signatures it needs; null with `purpose: keeping`.
    pub parties: Option<Parties>,
    /// State.
    pub status: Status,
    /// Hashes of the bytes received.
    #[serde(flatten)]
    pub hashes: Hashes,
    /// Size of the bytes received.
    pub size: u64,
    /// Number of pages.
    pub pages: u32,
    /// When it was received.
    pub created_at: Timestamp,
    /// Until when it can be signed; null with `purpose: keeping`.
    pub expires_at: Option<Timestamp>,
    /// When the person's page showed it first.
    pub opened_at: Option<Timestamp>,
    /// When the person signed.
    pub signed_at: Option<Timestamp>,
    /// When the last needed signature was there; with `purpose: keeping` when it came.
    pub completed_at: Option<Timestamp>,
    /// The signatures so far.
    pub signatures: Vec<Signature>,
    /// As the MIS sent it.
    #[cfg_attr(feature = "schema", schemars(extend("type" = "object")))]
    pub metadata: serde_json::Value,
    /// The template that its file was made of; absent where the clinic sent a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateRef>,
    /// Whose it is. Only for the clinic's staff: a MIS knows it by `external_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<Whose>,
    /// The package that it belongs to; absent where it came alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<Package>,
    /// With `purpose: keeping`: the signatures that came with it, inside the PDF and beside it, as the technical check of that day
    /// found them; absent where there were none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept_signatures: Vec<KeptSignature>,
}

/// Whose a document is, as a member of the clinic's staff has to know to find it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Whose {
    /// Full name.
    pub name: Sensitive<String>,
    /// Date of birth; null of whom nobody has named.
    pub birth_date: Option<Birthday>,
    /// Full name of the representative who signs.
    pub representative: Option<Sensitive<String>>,
}

/// A document whose signer is being reminded: `POST /api/v1/documents/{id}/remind`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reminded {
    /// The document.
    #[serde(flatten)]
    pub document: Document,
    /// How the reminder goes out; empty where nobody knows yet how to reach the person.
    #[cfg_attr(feature = "schema", schemars(extend("items" = { "type": "string", "enum": ["sms", "email", "push"] })))]
    pub channels: Vec<String>,
    /// When it goes out, where that is not at once: it is night where the person is.
    pub scheduled_for: Option<Timestamp>,
}

/// One signature, in short.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Signature {
    /// `patient` or `clinic`.
    pub party: String,
    /// Who signed.
    pub name: String,
    /// How.
    pub method: String,
    /// When.
    pub signed_at: Timestamp,
    /// For whom, where a representative signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// Level of the operator's seal over it (ETSI EN 319 142-1): `B-T` has an independent time stamp. Of the clinic's own:
    /// `CAdES-BES` and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// More about a signature of the clinic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clinic: Option<ClinicMark>,
}

/// What is told of a signature of the clinic (УКЭП).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClinicMark {
    /// In what role.
    pub role: String,
    /// What it is over.
    pub over: Over,
    /// What `signed_at` stands on.
    pub time_evidence: TimeEvidence,
    /// When we took it.
    pub accepted_at: Timestamp,
    /// The certificate's number in lower-case hex.
    pub certificate_serial: String,
    /// Who gave it out.
    pub issuer: String,
    /// The first second of its validity.
    pub valid_from: Timestamp,
    /// The last second of its validity.
    pub valid_to: Timestamp,
}
