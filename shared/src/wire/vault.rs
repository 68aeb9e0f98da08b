//! What functions ask of `vault`, over service chaining only.

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
    pub identity: EsiaIdentity,
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
