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
    /// After how many hours an SMS tells of it where nobody has opened it: in place of the clinic's setting; 0: never.
    #[serde(default)]
    pub sms_fallback_after_hours: Option<u16>,
    /// Anything of the MIS, given back unchanged.
    #[serde(default)]
    pub metadata: Option<serde_json::Map<String, serde_json::Value>>,
}

/// What a clinic chooses about notices: `GET` and `PUT /api/v1/settings`. What `PUT` leaves out is as usual again. It counts
/// for documents sent from then on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How many hours before a document's end its person is reminded: up to 5 times, each 1 to 168; 24 as usual, none where
    /// empty.
    pub reminders_before_hours: Vec<u16>,
    /// After how many hours, 1 to 720, an SMS tells of a document for the account that nobody has opened. It costs as any
    /// SMS; null, as usual: never.
    pub sms_fallback_after_hours: Option<u16>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reminders_before_hours: vec![24],
            sms_fallback_after_hours: None,
        }
    }
}

/// Most reminders of one document.
const REMINDERS_MAX: usize = 5;

/// Longest time before the end, in hours: a week.
const BEFORE_MAX: u16 = 168;

/// Longest time until the SMS, in hours: 30 days.
pub const SMS_FALLBACK_MAX: u16 = 720;

impl Settings {
    /// Whether they are within their bounds.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), &'static str> {
        let hours = &self.reminders_before_hours;
        let mut different = hours.clone();
        different.sort_unstable();
        different.dedup();
        let fits = different
            .iter()
            .all(|hours| (1..=BEFORE_MAX).contains(hours));
        if hours.len() > REMINDERS_MAX || different.len() != hours.len() || !fits {
            return Err("reminders_before_hours is up to 5 different numbers from 1 to 168");
        }
        let after = self.sms_fallback_after_hours;
        if after.is_some_and(|hours| !(1..=SMS_FALLBACK_MAX).contains(&hours)) {
            return Err("sms_fallback_after_hours is 1 to 720 or null");
        }
        Ok(())
    }
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
    /// When it goes out, where that is not at once: it is night where the person is.
    pub scheduled_for: Option<Timestamp>,
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
