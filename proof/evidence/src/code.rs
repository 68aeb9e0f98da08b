//! Signatures by a one-time code: what the operator's records tell of the code, and the agreement behind it.

use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use serde::{Deserialize, Serialize};

/// Identification by a one-time code to a phone or an e-mail of the signer's account. The code itself stands nowhere.
#[derive(Clone, Serialize, Deserialize)]
pub struct Code {
    /// `sms` or `email`, as the signature's method.
    pub channel: String,
    /// Where the code went, its middle hidden; the full value stands hashed in `signer.hashed`.
    pub to_masked: String,
    /// SHA-256 of the only document that the code could sign.
    pub document_sha256: String,
    /// Who said that this phone or e-mail is the signer's: `clinic`, `account`.
    pub named_by: Vec<String>,
    /// The same in Russian, to go on after `номер` or `адрес`.
    pub source: String,
    /// SHA-256 of `podpis:account:<document id>:<account id>`: stands on the protocol page.
    pub account_fingerprint: String,
    /// Since when the account holds the phone or e-mail.
    pub contact_since: Timestamp,
    /// When the account's person was last confirmed by ESIA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub esia_confirmed_at: Option<Timestamp>,
    /// The text as sent, dots in the place of the code.
    pub text: String,
    /// When the code was made.
    pub issued_at: Timestamp,
    /// When the gateway took the text.
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

/// The agreement on electronic documents that a signature by code rests on (63-FZ art. 6 part 2, art. 9 part 2).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Agreement {
    /// The document that holds it, sealed like this one.
    pub document_id: String,
    /// Its title.
    pub title: String,
    /// SHA-256 of its text: of the file before it was signed.
    pub sha256: String,
    /// When it was accepted or signed.
    pub accepted_at: Timestamp,
    /// By what method: `esia`, `sms`.
    pub how: String,
}

/// A fingerprint of an account that means nothing outside this document.
pub fn account_fingerprint(document_id: &str, account_id: &str) -> String {
    sha256_hex(format!("podpis:account:{document_id}:{account_id}").as_bytes())
}
