//! The API of MIS and operator: `/api/v1/…`. Names are those of the contract.

use crate::clinic_signature::{Over, TimeEvidence};
use crate::document::{Delivery, Kind, Method, Parties, Purpose, Status};
use crate::hash::Hashes;
use crate::person::{Birthday, Person};
use crate::policy::{Acting, Ground};
use crate::sensitive::Sensitive;
use crate::templates::{ClinicDetails, TemplateRef};
use crate::time::Timestamp;
use crate::wire::kept::KeptSignature;
use crate::wire::templates::UseTemplate;
use serde::{Deserialize, Serialize};

/// Longest title, in characters.
pub const TITLE_MAX: usize = 300;

/// Longest name of a clinic, in characters.
pub const CLINIC_NAME_MAX: usize = 200;

/// Longest `external_id`, in characters.
pub const EXTERNAL_ID_MAX: usize = 200;

/// Longest id of a package, in characters.
pub const PACKAGE_ID_MAX: usize = 64;

/// Most documents of a package for one signer.
pub const PACKAGE_MAX: u8 = 20;

/// A clinic to be made: `POST /api/v1/operator/clinics`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewClinic {
    /// Name as patients know it.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = CLINIC_NAME_MAX)))]
    pub name: String,
    /// ИНН, 10 or 12 digits.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"^([0-9]{10}|[0-9]{12})$"))
    )]
    pub inn: String,
    /// ОГРН, 13 or 15 digits.
    #[serde(default)]
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"^([0-9]{13}|[0-9]{15})$"))
    )]
    pub ogrn: Option<String>,
    /// IANA name; Europe/Moscow where absent.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 64), extend("default" = "Europe/Moscow")))]
    pub timezone: Option<String>,
}

/// A clinic as the operator sees it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Clinic {
    /// Our id.
    pub id: String,
    /// Name as patients know it.
    pub name: String,
    /// ИНН.
    pub inn: String,
    /// ОГРН.
    pub ogrn: Option<String>,
    /// IANA name.
    pub timezone: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A document to be sent: the part `document` of `POST /api/v1/documents`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewDocument {
    /// What it is sent for. `signing`: the person reads and signs it; `method` and `parties` must be there. `keeping`: it was
    /// signed elsewhere and is only kept; `delivery` must be `account`, and `method`, `parties`, `expires_at` must be absent
    /// (else 422 `invalid`). It is `completed` as it comes, never expires, and nobody signs it here.
    #[serde(default)]
    pub purpose: Purpose,
    /// What it is; the policy depends on it.
    pub kind: Kind,
    /// Title that the patient sees.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = TITLE_MAX)))]
    pub title: String,
    /// The MIS's own id.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = EXTERNAL_ID_MAX)))]
    pub external_id: Option<String>,
    /// Whose document it is.
    pub patient: Person,
    /// Who signs on the patient's behalf.
    #[serde(default)]
    pub representative: Option<Representative>,
    /// How it reaches the person. `account`: the personal account, with an e-mail and push notices; needs the signer's phone,
    /// e-mail or SNILS to find them by. `link`: SMS with a unique link; needs the phone.
    pub delivery: Delivery,
    /// How the person signs. `sms` only with `delivery: account` and where the policy allows it for the kind (else 422
    /// `policy`), `email` never. Must be there unless `purpose` is `keeping`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["esia", "sms", null])))]
    pub method: Option<Method>,
    /// Whose signatures it needs. Must be there unless `purpose` is `keeping`.
    #[serde(default)]
    pub parties: Option<Parties>,
    /// Until when it can be signed: within a year; 30 days where absent. None with `purpose: keeping`.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// After how many hours an SMS tells of it where nobody has opened it: in place of the clinic's setting, for delivery
    /// `account`; 0: never.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(max = SMS_FALLBACK_MAX)))]
    pub sms_fallback_after_hours: Option<u16>,
    /// What signatures of the clinic it needs, each role once; one, of any role, where absent. Only where the clinic signs
    /// (else 422 `invalid`).
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = crate::clinic_signature::ROLES_MAX)))]
    pub clinic_signers: Option<Vec<ClinicSigner>>,
    /// They come in this order and no other.
    #[serde(default)]
    pub clinic_signers_ordered: bool,
    /// The template that its file is made of: then there is no part `file`. The clinic, the patient, the representative and
    /// the day are filled in; `kind` must be the template's.
    #[serde(default)]
    pub template: Option<UseTemplate>,
    /// In place of the part `file` and of `template`: the id of a document of the same clinic, whose file as it was sent is
    /// this one's too. Not one made of a template, since that names its patient. Unknown: 422 `invalid`.
    #[serde(default)]
    pub file_of: Option<String>,
    /// The package that it belongs to; only with `delivery: account` and to be signed.
    #[serde(default)]
    pub package: Option<Package>,
    /// Anything of the MIS, up to 8 KiB, given back unchanged.
    #[serde(default)]
    pub metadata: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Documents that their signer is told of in one message. Each is opened, signed or declined on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Package {
    /// The MIS's own id of the package.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = PACKAGE_ID_MAX)))]
    pub id: String,
    /// How many documents of it the signer of this one gets. The message goes out with the last of them, or 15 minutes after the
    /// latest where some never come.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = PACKAGE_MAX)))]
    pub of: u8,
}

impl Package {
    /// Whether it is within its bounds.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), String> {
        let length = self.id.chars().count();
        if !(1..=PACKAGE_ID_MAX).contains(&length) || self.id.chars().any(char::is_control) {
            return Err(format!("package.id is 1 to {PACKAGE_ID_MAX} characters"));
        }
        if !(1..=PACKAGE_MAX).contains(&self.of) {
            return Err(format!("package.of is 1 to {PACKAGE_MAX}"));
        }
        Ok(())
    }
}

/// A signature of the clinic that a document needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct ClinicSigner {
    /// In what role: `medic`, `head`, or another name of a-z, 0-9 and _.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[a-z0-9_]{1,32}$")))]
    pub role: String,
}

/// What a clinic chooses about notices, and what its documents say of it: `GET` and `PUT /api/v1/settings`. What `PUT` leaves
/// out is as usual again. It counts for documents sent from then on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Settings {
    /// How many hours before a document's end its person is reminded: up to 5 times, each 1 to 168; 24 as usual, none where
    /// empty.
    #[cfg_attr(feature = "schema", schemars(length(max = REMINDERS_MAX), inner(range(min = 1, max = BEFORE_MAX)), extend("uniqueItems" = true)))]
    pub reminders_before_hours: Vec<u16>,
    /// After how many hours, 1 to 720, an SMS tells of a document for the account that nobody has opened. It costs as any
    /// SMS; null, as usual: never.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = SMS_FALLBACK_MAX)))]
    pub sms_fallback_after_hours: Option<u16>,
    /// What documents made of templates say of the clinic beside its name.
    pub details: ClinicDetails,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reminders_before_hours: vec![24],
            sms_fallback_after_hours: None,
            details: ClinicDetails::default(),
        }
    }
}

/// Most reminders of one document.
pub const REMINDERS_MAX: usize = 5;

/// Longest time before the end, in hours: a week.
pub const BEFORE_MAX: u16 = 168;

/// Longest time until the SMS, in hours: 30 days.
pub const SMS_FALLBACK_MAX: u16 = 720;

impl Settings {
    /// Whether they are within their bounds.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), String> {
        let hours = &self.reminders_before_hours;
        let mut different = hours.clone();
        different.sort_unstable();
        different.dedup();
        let fits = different
            .iter()
            .all(|hours| (1..=BEFORE_MAX).contains(hours));
        if hours.len() > REMINDERS_MAX || different.len() != hours.len() || !fits {
            return Err("reminders_before_hours is up to 5 different numbers from 1 to 168".into());
        }
        let after = self.sms_fallback_after_hours;
        if after.is_some_and(|hours| !(1..=SMS_FALLBACK_MAX).contains(&hours)) {
            return Err("sms_fallback_after_hours is 1 to 720 or null".into());
        }
        self.details.check()
    }
}

/// A legal representative and what the right to act rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Representative {
    /// The representative.
    #[serde(flatten)]
    pub person: Person,
    /// Basis: «мать», a power of attorney and so on.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = TITLE_MAX)))]
    pub basis: String,
    /// Where the medical record holds data on the representative (323-FZ art. 20 part 7).
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = TITLE_MAX)))]
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

/// One event of a clinic.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    #[cfg_attr(feature = "schema", schemars(extend("type" = "object")))]
    pub data: serde_json::Value,
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Cursor for `?after=`; null at the end.
    pub next: Option<String>,
}
