//! One-time codes: what `patient` asks of `sms`, over service chaining only.
//!
//! A code is bound to a purpose and a subject, and works for nothing else. Sending and checking are the whole interface:
//! nobody but `sms` ever sees a code.

use crate::sensitive::Sensitive;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Digits of a code.
pub const CODE_DIGITS: usize = 6;

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Signing in to the account.
    SignIn,
    /// Proving that a phone or e-mail is the account's.
    Contact,
    /// Accepting a clinic's user agreement.
    Accept,
    /// Signing a document.
    Sign,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 4] = [Self::SignIn, Self::Contact, Self::Accept, Self::Sign];

    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Contact => "contact",
            Self::Accept => "accept",
            Self::Sign => "sign",
        }
    }
}

/// How a code travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Text message.
    Sms,
    /// E-mail.
    Email,
}

impl Channel {
    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }

    /// From the name in the database.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "sms" => Some(Self::Sms),
            "email" => Some(Self::Email),
            _ => None,
        }
    }
}

/// `POST /codes`: makes a code and sends it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Issue {
    /// What for.
    pub purpose: Purpose,
    /// What the code is bound to: SHA-256, hex, of everything that must be the same when it comes back.
    pub subject: String,
    /// By what way.
    pub channel: Channel,
    /// Phone in E.164, or e-mail in lower case.
    pub to: Sensitive<String>,
    /// Whose document it is about.
    #[serde(default)]
    pub clinic_id: Option<String>,
    /// Name of that clinic, for the text.
    #[serde(default)]
    pub clinic_name: Option<String>,
    /// The document that it signs.
    #[serde(default)]
    pub document_id: Option<String>,
    /// Title of the document, for the text.
    #[serde(default)]
    pub title: Option<String>,
    /// Host name of the page that asks for the code, without port: the line by which phones fill it in (WebOTP). Only a
    /// sandbox without `public_url` goes by it: who sends a request can write any host into it.
    pub host: String,
    /// Network address of the browser; limits count by it.
    #[serde(default)]
    pub client_addr: Option<Sensitive<String>>,
    /// JSON that comes back with the right code; kept encrypted.
    #[serde(default)]
    pub context: Option<Sensitive<String>>,
}

/// Answer to [`Issue`]: 201. Otherwise `too_many_requests` with `Retry-After`, `invalid`, `unavailable`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// The code's id: it comes back with the code.
    pub id: String,
    /// From when another one may be asked for.
    pub resend_at: Timestamp,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// How often another one may still be asked for.
    pub resends_left: u32,
}

/// `POST /codes/check`: the person typed a code. The right one may be repeated for 15 minutes: it gives the same answer.
/// So whoever asks does its act once for a code's id, however often the answer comes.
///
/// Refused with `code_wrong`, `code_expired`, `invalid`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Check {
    /// The code's id.
    pub id: String,
    /// What for.
    pub purpose: Purpose,
    /// What it must be bound to.
    pub subject: String,
    /// As typed: [`CODE_DIGITS`] digits; white space does not count. Anything else is `invalid` and no try.
    pub code: Sensitive<String>,
}

/// Answer to [`Check`]: it was the right code, and these are the facts for the evidence.
#[derive(Clone, Serialize, Deserialize)]
pub struct Verified {
    /// By what way it travelled.
    pub channel: Channel,
    /// Where to.
    pub to: Sensitive<String>,
    /// The text as sent, the code replaced by dots.
    pub text: String,
    /// When it was made.
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
    /// What the issuer gave.
    pub context: Option<Sensitive<String>>,
}
