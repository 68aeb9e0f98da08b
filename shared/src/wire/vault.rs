//! What functions ask of `vault`, over service chaining only.

use crate::clinic_signature::Over;
use crate::document::{Method, Status};
use crate::hash::Hashes;
use crate::person::Person;
use crate::sensitive::Sensitive;
use crate::time::Timestamp;
use crate::wire::patient::{Consent, Presentation};
use serde::{Deserialize, Serialize};

/// Answer to `POST /blobs`: the file passed inspection and is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stored {
    /// Id of the stored file.
    pub blob: String,
    /// Hashes of its bytes.
    #[serde(flatten)]
    pub hashes: Hashes,
    /// Size in bytes.
    pub size: u64,
    /// Number of pages.
    pub pages: u32,
}

/// `POST /sign`: makes a document signed, once, by an identified person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sign {
    /// The document.
    pub document_id: String,
    /// Identifies the act: repeating the same act gives the same answer.
    pub act_id: String,
    /// How the person signs.
    pub method: Method,
    /// The act on our page.
    pub act: Act,
    /// Who the person is, as checked.
    pub identity: Identity,
}

/// Query of `POST /documents/{id}/clinic-signature`, whose body is the signature, or the final PDF with it. Answered by
/// [`Signed`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClinicSign {
    /// What the signature is over.
    pub over: Over,
    /// In what role; the one that the document waits for where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Who handed it in, as it stands in the journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// `POST /accept`: makes an accepted agreement, once: a document of its own, signed and sealed. Answered by [`Accepted`].
#[derive(Clone, Serialize, Deserialize)]
pub struct Accept {
    /// The version that was read.
    pub agreement_id: String,
    /// Who accepts.
    pub account_id: String,
    /// Identifies the act: repeating the same act gives the same answer.
    pub act_id: String,
    /// The act on our page.
    pub act: Act,
    /// The person behind the contact, where clinics or ESIA have named one. Not asked where ESIA names them in `identity`.
    pub person: Option<Person>,
    /// Who accepts, as checked.
    pub identity: Identity,
}

/// Answer to [`Accept`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Accepted {
    /// The document with the sealed PDF.
    pub document_id: String,
    /// When.
    pub accepted_at: Timestamp,
}

/// How the signer was identified.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// By ESIA.
    Esia(Box<EsiaIdentity>),
    /// By a code to a phone or an e-mail of the account.
    Code(Box<CodeIdentity>),
}

/// A right code, with all that is known about it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CodeIdentity {
    /// The account that signed.
    pub account_id: String,
    /// `sms` or `email`.
    pub channel: String,
    /// Phone in E.164, or e-mail.
    pub to: Sensitive<String>,
    /// The text as sent, the code replaced by dots.
    pub text: String,
    /// Since when the account holds this phone or e-mail.
    pub contact_since: Timestamp,
    /// When the account was last confirmed by ESIA.
    pub esia_confirmed_at: Option<Timestamp>,
    /// When the code was made.
    pub issued_at: Timestamp,
    /// When the gateway took it.
    pub sent_at: Option<Timestamp>,
    /// The gateway's receipt.
    pub receipt: Option<String>,
    /// When the right code came.
    pub verified_at: Timestamp,
    /// Wrong codes before it.
    pub wrong_tries: u32,
    /// Which sending it was, from 1.
    pub round: u32,
}

/// What happened on our page before the identification.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Act {
    /// The browser's own hashes of the bytes that it rendered.
    #[serde(flatten)]
    pub hashes: Hashes,
    /// The words that the person saw.
    pub consent: Consent,
    /// What was shown.
    pub presentation: Presentation,
    /// When the button was pressed, by our clock.
    pub started_at: Timestamp,
    /// Network address of the browser.
    pub client_addr: Option<Sensitive<String>>,
    /// User-Agent of the browser.
    pub user_agent: Option<String>,
}

/// A person identified by ESIA, after every check has passed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EsiaIdentity {
    /// Name, date of birth, SNILS as ESIA gave them.
    pub person: Person,
    /// ESIA's id of the person (oid).
    pub subject: Sensitive<String>,
    /// ESIA's session (`urn:esia:sid`).
    pub session: Sensitive<String>,
    /// When the person signed in at ESIA.
    pub auth_time: Timestamp,
    /// The id_token as received, signed by ESIA.
    pub id_token: Sensitive<String>,
    /// SHA-256 of the key (DER SPKI) that the id_token was checked with.
    pub key_sha256: String,
    /// That key, PEM.
    pub key_pem: String,
    /// When we checked it.
    pub verified_at: Timestamp,
}

/// Answer to [`Sign`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Signed {
    /// State of the document now.
    pub status: Status,
    /// When it was signed.
    pub signed_at: Timestamp,
}

/// Whether `vault` could seal a document now: `GET /health`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// The operator's keys.
    pub seal: SealState,
}

/// How it stands with the operator's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SealState {
    /// All are there and fit their certificates.
    Ok,
    /// The seal's certificate is out of its time.
    Expired,
    /// One is not there, or doesn't fit.
    Missing,
}

impl SealState {
    /// Name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Expired => "expired",
            Self::Missing => "missing",
        }
    }
}
