//! The API of MIS and operator: `/api/v1/…`. Names are those of the contract.

use crate::document::{Delivery, Kind, Method, Parties, Purpose, Status};
use crate::hash::Hashes;
use crate::person::{Birthday, Person};
use crate::policy::{Acting, Ground};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Longest title, in characters.
pub const TITLE_MAX: usize = 300;

/// Longest `external_id`, in characters.
pub const EXTERNAL_ID_MAX: usize = 200;

/// `POST /api/v1/operator/clinics`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewClinic {
    /// Name as patients know it.
    pub name: String,
    /// ИНН, 10 or 12 digits.
    pub inn: String,
    /// ОГРН, 13 or 15 digits.
    #[serde(default)]
    pub ogrn: Option<String>,
    /// IANA name; Europe/Moscow where absent.
    #[serde(default)]
    pub timezone: Option<String>,
}

/// Part `document` of `POST /api/v1/documents`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDocument {
    /// What it is sent for; to be signed where absent.
    #[serde(default)]
    pub purpose: Purpose,
    /// Kind.
    pub kind: Kind,
    /// Title that the patient sees.
    pub title: String,
    /// The MIS's own id.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Whose document it is.
    pub patient: Person,
    /// Who signs on the patient's behalf.
    #[serde(default)]
    pub representative: Option<Representative>,
    /// Way of delivery.
    pub delivery: Delivery,
    /// Way of signing; must be there, but for what is sent for keeping: that has none.
    #[serde(default)]
    pub method: Option<Method>,
    /// Whose signatures it needs; likewise.
    #[serde(default)]
    pub parties: Option<Parties>,
    /// Until when it can be signed; 30 days where absent. None for what is sent for keeping.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// Anything of the MIS, given back unchanged.
    #[serde(default)]
    pub metadata: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A legal representative and what the right to act rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Representative {
    /// The representative.
    #[serde(flatten)]
    pub person: Person,
    /// Basis: «мать», a power of attorney and so on.
    pub basis: String,
    /// Where the medical record holds data on the representative (323-FZ art. 20 part 7).
    pub record_ref: String,
    /// Why somebody signs on the patient's behalf; `minor` where absent.
    #[serde(default)]
    pub ground: Ground,
}

impl Representative {
    /// What the policy asks of whoever acts for the patient.
    pub const fn acting(&self) -> Acting {
        Acting {
            // Every representative was taken in with a date; without one nobody acts.
            born: match self.person.birth_date {
                Some(born) => born,
                None => Birthday::LATEST,
            },
            ground: self.ground,
        }
    }
}

/// A document as its clinic sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    /// Way of delivery.
    pub delivery: Delivery,
    /// Way of signing; `None` for what was sent for keeping.
    pub method: Option<Method>,
    /// Whose signatures it needs; likewise.
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
    /// Until when it can be signed; `None` for what was sent for keeping.
    pub expires_at: Option<Timestamp>,
    /// When the person's page showed it first.
    pub opened_at: Option<Timestamp>,
    /// When the person signed.
    pub signed_at: Option<Timestamp>,
    /// When the last needed signature was there; for what was sent for keeping, when it came.
    pub completed_at: Option<Timestamp>,
    /// The signatures so far.
    pub signatures: Vec<Signature>,
    /// As the MIS sent it.
    pub metadata: serde_json::Value,
}

/// Answer to `POST /api/v1/documents/{id}/remind`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reminded {
    /// The document.
    #[serde(flatten)]
    pub document: Document,
    /// On which ways the reminder goes out: `sms`, `email`, `push`; none where nobody knows yet how to reach the person.
    pub channels: Vec<String>,
}

/// A version of the clinic's user agreement: `PUT` and `GET /api/v1/agreement`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Agreement {
    /// Our id.
    pub id: String,
    /// From 1; the highest is in force.
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
pub struct Acceptance {
    /// The document that the acceptance made.
    pub document_id: String,
    /// The version.
    pub agreement_id: String,
    /// Its number.
    pub agreement_version: i64,
    /// SHA-256 of its file.
    pub agreement_sha256: String,
    /// Full name of the person behind the contact; null where nobody has named one yet.
    pub name: Option<String>,
    /// The phone that the agreement names for codes, E.164.
    pub phone: Option<String>,
    /// The e-mail that it was accepted with.
    pub email: Option<String>,
    /// By a code from an SMS or an e-mail, or through ESIA.
    pub method: Method,
    /// When.
    pub accepted_at: Timestamp,
}

/// One signature, in short.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    /// Level of the seal over it, `B-B` or `B-T` (ETSI EN 319 142-1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

/// One event of a clinic.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// Order within the clinic; the cursor of `?after=`.
    pub seq: i64,
    /// Unique id.
    pub id: String,
    /// Type, for example `document.sent`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The document, where it is about one.
    pub document_id: Option<String>,
    /// When.
    pub at: Timestamp,
    /// More, by type.
    pub data: serde_json::Value,
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Cursor for `?after=`; null at the end.
    pub next: Option<String>,
}
