//! The format `podpis-evidence/1` as types. `docs/evidence.md` explains it member by member.
//!
//! A reader tolerates members that it does not know, so that the format can grow; the signature
//! is checked over the bundle as received, never over these types. What names a person has no `Debug`.

use crate::code::{Agreement, Code};
use podpis_shared::Birthday;
use podpis_shared::document::{Kind, Method, Purpose, Status};
use podpis_shared::hash::sha256_hex;
use podpis_shared::policy::Ground;
use podpis_shared::templates::TemplateRef;
use podpis_shared::wire::patient::{Consent, Presentation};
use podpis_shared::{Hashes, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Name and version of the format.
pub const FORMAT: &str = "podpis-evidence/1";

/// What is known about a document and its signatures at a moment.
#[derive(Clone, Serialize, Deserialize)]
pub struct Bundle {
    /// [`FORMAT`].
    pub format: String,
    /// The moment.
    pub as_of: Timestamp,
    /// Who keeps the evidence.
    pub operator: Operator,
    /// What was signed.
    pub document: Document,
    /// Who asked for the signature.
    pub clinic: Clinic,
    /// Signatures, oldest first.
    pub signatures: Vec<Signature>,
    /// Moments and the clock that each was read from, oldest first.
    pub times: Vec<Moment>,
    /// Messages about the document, oldest first.
    pub messages: Vec<Message>,
    /// The document's entries in the clinic's journal.
    pub journal: Journal,
    /// Detached JWS over the canonical form of all other members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// Who keeps the evidence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Operator {
    /// Name.
    pub name: String,
    /// Nothing made in a sandbox has legal force.
    pub sandbox: bool,
}

/// The document as the clinic sent it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document {
    /// Our id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Kind.
    pub kind: Kind,
    /// The clinic's own number.
    pub external_id: Option<String>,
    /// State at the moment of the bundle.
    pub status: Status,
    /// Bytes of the original: the first revision of the signed PDF.
    pub size: u64,
    /// Pages of the original.
    pub pages: u32,
    /// Hashes of the original's bytes.
    #[serde(flatten)]
    pub hashes: Hashes,
    /// When it came.
    pub received_at: Timestamp,
    /// Until when it could be signed; absent of what was sent for keeping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// `keeping` of what the clinic sent for keeping, signed elsewhere; absent of what it sent to be signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// The template that its file was made of; absent where the clinic sent a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateRef>,
}

/// The clinic.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Clinic {
    /// Our id.
    pub id: String,
    /// Name as registered.
    pub name: String,
    /// Taxpayer number.
    pub inn: String,
    /// State registration number.
    pub ogrn: Option<String>,
}

/// One signature.
#[derive(Clone, Serialize, Deserialize)]
pub struct Signature {
    /// Our id.
    pub id: String,
    /// `patient`, later `clinic`.
    pub party: String,
    /// When it was made, by the operator's clock.
    pub signed_at: Timestamp,
    /// How.
    pub method: Method,
    /// By whom.
    pub signer: Signer,
    /// In what capacity.
    pub capacity: Capacity,
    /// The rule that allowed it.
    pub policy: Policy,
    /// The words that the person saw.
    pub consent: Consent,
    /// What the page showed, as it told itself.
    pub presentation: Presentation,
    /// The browser's own word.
    pub browser: Browser,
    /// The identification through ESIA: there where `method` is `esia`, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub esia: Option<Esia>,
    /// The identification by a one-time code: there with every other method of a patient's, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// The agreement that a signature by code rests on; absent where the signature itself accepts one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
}

/// The person who signed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Signer {
    /// Full name as the clinic gave it; `владелец номера …`, the number masked, of whom nobody has named.
    pub name: String,
    /// Date of birth as the clinic gave it; absent of the holder of a phone or e-mail whom nobody has named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<Birthday>,
    /// SNILS, all but its end hidden.
    pub snils_masked: Option<String>,
    /// Phone, its middle hidden.
    pub phone_masked: Option<String>,
    /// The full values, hashed with a salt.
    pub hashed: Hashed,
}

/// Full values that whoever knows them can compare: see [`salted`].
#[derive(Clone, Serialize, Deserialize)]
pub struct Hashed {
    /// 32 lower-case hex digits, new for each signature.
    pub salt: String,
    /// SNILS by ESIA, 11 digits.
    pub snils: Option<String>,
    /// Phone as the clinic gave it, E.164; with a signature by a code to a phone, that phone.
    pub phone: Option<String>,
    /// E-mail in lower case, with a signature by a code to an e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// ESIA's number of the person.
    pub esia_oid: Option<String>,
}

/// In what capacity the person signed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Capacity {
    /// The patient in person.
    #[serde(rename = "self")]
    Own,
    /// For a patient (323-FZ, art. 20 part 2).
    Representative {
        /// The patient's full name.
        patient: String,
        /// The patient's date of birth.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        patient_birth_date: Option<Birthday>,
        /// On what basis.
        basis: String,
        /// Where the clinic keeps the proof of it.
        record_ref: String,
        /// The ground of the law that the clinic named; absent in bundles made before it could be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ground: Option<Ground>,
        /// The patient's full years on the day of the signature in Moscow: what the rule by age was held against.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        patient_age: Option<i32>,
    },
}

/// The rule of the policy that allowed the method.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Policy {
    /// Version in force.
    pub version: String,
    /// Rule.
    pub rule: String,
    /// Acts and articles.
    pub basis: Vec<String>,
}

/// The browser's own word.
#[derive(Clone, Serialize, Deserialize)]
pub struct Browser {
    /// Hashes of the bytes that it rendered.
    #[serde(flatten)]
    pub hashes: Hashes,
    /// Network address.
    pub client_addr: Option<String>,
    /// `User-Agent`.
    pub user_agent: Option<String>,
    /// When the button was pressed, by the operator's clock.
    pub started_at: Timestamp,
}

/// Identification through ESIA.
#[derive(Clone, Serialize, Deserialize)]
pub struct Esia {
    /// Full name as ESIA gave it.
    pub name: String,
    /// Date of birth as ESIA gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<Birthday>,
    /// SHA-256 of `podpis:esia:<document id>:<oid>`: stands on the protocol page.
    pub subject_fingerprint: String,
    /// When the person signed in, by ESIA's clock.
    pub auth_time: Timestamp,
    /// When the token was checked, by the operator's clock.
    pub verified_at: Timestamp,
    /// The id_token as received.
    pub id_token: String,
    /// SHA-256 of the key (DER SubjectPublicKeyInfo) that it was checked with.
    pub key_sha256: String,
    /// That key, or the certificate that it came with, PEM. A verifier believes it only when its trust list holds it.
    pub key_pem: String,
}

/// A moment and the clock that it was read from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Moment {
    /// What happened.
    pub what: String,
    /// When.
    pub at: Timestamp,
    /// Whose clock: `operator`, `esia`, `gateway`.
    pub source: String,
}

/// A message about the document.
#[derive(Clone, Serialize, Deserialize)]
pub struct Message {
    /// Our id.
    pub id: String,
    /// `sms` or `email`.
    pub channel: String,
    /// Recipient, its middle hidden.
    pub to_masked: String,
    /// `queued`, `sent`, `failed`.
    pub status: String,
    /// Tries.
    pub attempts: i64,
    /// When it was written.
    pub queued_at: Timestamp,
    /// When the gateway took it.
    pub sent_at: Option<Timestamp>,
    /// The gateway's receipt, or why it failed.
    pub receipt: Option<String>,
}

/// The document's part of the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Journal {
    /// Signed checkpoint (C2SP tlog-checkpoint) that all proofs lead to.
    pub checkpoint: String,
    /// Entries, oldest first.
    pub entries: Vec<Entry>,
}

/// An entry with its proof.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Number in the clinic's journal, from 1.
    pub seq: i64,
    /// What is hashed: the canonical form of this object is the leaf's data.
    pub entry: Value,
    /// SHA-256 of 0x00 and the leaf's data (RFC 6962, section 2.1), hex.
    pub leaf_hash: String,
    /// Inclusion proof (RFC 6962, section 2.1.1) of leaf `seq - 1`, hex, bottom up.
    pub proof: Vec<String>,
}

/// SHA-256 of the UTF-8 text `<salt>:<name>:<value>`, hex: `printf '%s' "$SALT:snils:$VALUE" | sha256sum`.
pub fn salted(salt: &str, name: &str, value: &str) -> String {
    sha256_hex(format!("{salt}:{name}:{value}").as_bytes())
}
