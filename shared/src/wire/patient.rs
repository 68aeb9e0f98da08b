//! The patient's pages: `/patient/…` and `/esia/…`.
//!
//! Every request carries the link's token in the header [`LINK_HEADER`]; a GET changes nothing.

use crate::document::{Kind, Method, Status};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Header that carries the link's token; being a custom header, no foreign page can send it.
pub const LINK_HEADER: &str = "podpis-link";

/// Longest reason of a refusal to sign, in characters.
pub const REASON_MAX: usize = 500;

/// `GET /patient/document`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentView {
    /// Who asks.
    pub clinic: ClinicView,
    /// Title given by the clinic.
    pub title: String,
    /// Kind of the document.
    pub kind: Kind,
    /// State now.
    pub status: Status,
    /// Way of signing.
    pub method: Method,
    /// Size of the PDF in bytes.
    pub size: u64,
    /// Number of pages.
    pub pages: u32,
    /// Hashes of the bytes that the clinic sent.
    pub sha256: String,
    /// GOST R 34.11-2012, 256 bit.
    pub streebog256: String,
    /// When the clinic sent it.
    pub created_at: Timestamp,
    /// Until when it can be signed.
    pub expires_at: Timestamp,
    /// When it was signed.
    pub signed_at: Option<Timestamp>,
    /// `Мария Петровна И.`: who is to sign.
    pub signer: String,
    /// Set when a representative signs: for whom.
    pub on_behalf_of: Option<String>,
    /// What the person agrees to.
    pub consent: Consent,
}

/// The clinic as its patients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClinicView {
    /// Name.
    pub name: String,
    /// Where to ask, E.164.
    pub support_phone: Option<String>,
    /// Where to ask.
    pub support_email: Option<String>,
}

/// The exact words that the person sees next to the button; kept as evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Changes with every change of the words.
    pub version: String,
    /// The statement above the button.
    pub statement: String,
    /// The button.
    pub button: String,
}

impl Consent {
    /// The words for a kind of document, in force now.
    pub fn for_kind(kind: Kind) -> Self {
        let subject = match kind {
            Kind::Ids => "даю информированное добровольное согласие на условиях этого документа",
            Kind::Refusal => {
                "отказываюсь от медицинского вмешательства, последствия мне разъяснены"
            }
            _ => "согласен(на) с его содержанием",
        };
        Self {
            version: "2026-11-1".into(),
            statement: format!(
                "Нажимая кнопку, я подтверждаю, что прочитал(а) документ целиком, {subject} и подписываю его простой \
                 электронной подписью через Госуслуги."
            ),
            button: "Подписать через Госуслуги".into(),
        }
    }
}

/// What the page showed, as the page itself tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presentation {
    /// Milliseconds from the opening of the page to the press of the button.
    pub total_ms: u64,
    /// One entry a page, in order: milliseconds that it was in view; absent pages were never painted.
    pub pages: Vec<PageShown>,
    /// The end of the document was in view.
    pub reached_end: bool,
    /// The original was downloaded before signing.
    pub downloaded: bool,
    /// How often it was; 0 also from a page that did not count.
    #[serde(default)]
    pub downloads: u32,
}

/// One painted page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageShown {
    /// Number from 1.
    pub page: u32,
    /// Milliseconds from the opening of the page to its first painting; `None` from a page that did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub painted_ms: Option<u64>,
    /// Milliseconds in view.
    pub visible_ms: u64,
}

/// `POST /patient/document/decline`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decline {
    /// Why, in the person's words; up to [`REASON_MAX`] characters.
    #[serde(default)]
    pub reason: Option<String>,
}

/// `POST /esia/start`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EsiaStart {
    /// The browser's own hash of the bytes that it rendered.
    pub sha256: String,
    /// Likewise, GOST R 34.11-2012.
    pub streebog256: String,
    /// Version of the words that the person saw.
    pub consent_version: String,
    /// What was shown.
    pub presentation: Presentation,
}

/// Answer to [`EsiaStart`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EsiaStarted {
    /// Where the browser goes now.
    pub location: String,
}

/// `POST /esia/complete`: what ESIA put into the callback's address, either `code` or `error`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EsiaComplete {
    /// As we gave it to ESIA.
    pub state: String,
    /// Authorisation code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// OAuth error, for example `access_denied`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// `ESIA-007004: …`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
}

/// `POST /patient/document/code`: the person wants to sign by a code. Answered by [`super::account::CodeSent`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeStart {
    /// The browser's own hash of the bytes that it rendered.
    pub sha256: String,
    /// Likewise, GOST R 34.11-2012.
    pub streebog256: String,
    /// Version of the words that the person saw.
    pub consent_version: String,
    /// What was shown.
    pub presentation: Presentation,
}

/// Answer to [`EsiaComplete`], and to `POST /patient/document/sign` with a typed code: the signature stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EsiaCompleted {
    /// State of the document now.
    pub status: Status,
    /// When it was signed.
    pub signed_at: Timestamp,
}
