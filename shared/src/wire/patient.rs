//! The page of a document: `/patient/document…` and `/esia/…`.
//!
//! Every request names its right in a header: a link's token in [`LINK_HEADER`], a document of the account in
//! [`super::account::DOCUMENT_HEADER`], or the clinic whose agreement is read in [`super::account::AGREEMENT_HEADER`]. A GET
//! changes nothing.

mod consent;

pub use consent::{Consent, Wording};

use crate::branding::{Logo, Palette};
use crate::document::{Kind, Method, Status};
use crate::policy::{Way, WayRefusal};
use crate::time::Timestamp;
use crate::wire::account::ClinicRef;
use crate::wire::consultation::ConsultationView;
use crate::wire::kept::KeptSignature;
use serde::{Deserialize, Serialize};

/// Header that carries the link's token; being a custom header, no foreign page can send it.
pub const LINK_HEADER: &str = "podpis-link";

/// Longest reason of a refusal to sign, in characters.
pub const REASON_MAX: usize = 500;

/// `GET /patient/document`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentView {
    /// Our id of the document; of a clinic's agreement that of its version.
    #[serde(default)]
    pub id: String,
    /// Who asks.
    pub clinic: ClinicView,
    /// Title given by the clinic.
    pub title: String,
    /// Kind of the document.
    pub kind: Kind,
    /// The clinic sent it for keeping: it was signed elsewhere, and there is nothing to sign; it has no deadline.
    #[serde(default, skip_serializing_if = "is_false")]
    pub kept: bool,
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
    /// In which way it was signed: Gosuslugi may have been chosen in the place of a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_with: Option<Method>,
    /// `Мария Петровна И.`: who is to sign.
    pub signer: String,
    /// Set when a representative signs: for whom, `Даша И.`; whom in full stands in `about`.
    pub on_behalf_of: Option<String>,
    /// The words for ESIA; every way has its own in `ways`.
    pub consent: Consent,
    /// Every way of signing that a person may think of; empty where there is nothing to sign, or not for this person.
    #[serde(default)]
    pub ways: Vec<WayView>,
    /// This person may sign or decline; otherwise only see.
    #[serde(default = "yes")]
    pub may_act: bool,
    /// Whose document it is, in full. Only in the account: whoever holds a link is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// Set where this person only sees it: who signs on their behalf, in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_for_me_by: Option<String>,
    /// The clinic whose user agreement is to be accepted first, so that a code can sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement_needed: Option<ClinicRef>,
    /// Set where it is a clinic's user agreement, to be read and accepted; it has no deadline then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<AgreementView>,
    /// When a medical worker or the clinic must still sign: who, in plain Russian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
    /// The clinic's signatures under a completed document, in their order; then there is a final version to be had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clinic_signed: Vec<ClinicSigned>,
    /// Set where it is the consent to a telemedicine consultation that is booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consultation: Option<ConsultationView>,
    /// Other documents that came in one package with it and wait for this person, by their deadlines; each is opened and signed on
    /// its own. Only in the account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub package_waiting: Vec<String>,
    /// Where it is kept: the signatures that came with it, as they were checked when it came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept_signatures: Vec<KeptSignature>,
}

/// A signature of the clinic (УКЭП).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClinicSigned {
    /// Whose certificate it is: a medic's full name, or the clinic's.
    pub name: String,
    /// The medic's position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// When it came.
    pub at: Timestamp,
}

/// A way of signing with what the page shows for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "FlatWay")]
pub struct WayView {
    /// Which; whether it is offered, and why not.
    #[serde(flatten)]
    pub way: Way,
    /// The words; there where it is offered, or only an agreement is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// Where the code would go, its middle hidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// The same as it stands on the wire: reading flattened fields would cost the page 20 KB of code.
#[derive(Deserialize)]
struct FlatWay {
    method: Method,
    offered: bool,
    #[serde(default)]
    refusal: Option<WayRefusal>,
    needs_agreement: bool,
    #[serde(default)]
    consent: Option<Consent>,
    #[serde(default)]
    to: Option<String>,
}

impl From<FlatWay> for WayView {
    fn from(flat: FlatWay) -> Self {
        Self {
            way: Way {
                method: flat.method,
                offered: flat.offered,
                refusal: flat.refusal,
                needs_agreement: flat.needs_agreement,
            },
            consent: flat.consent,
            to: flat.to,
        }
    }
}

/// Whom a document is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// It is the person who is signed in.
    pub you: bool,
    /// Full name.
    pub name: String,
    /// `12.03.1985`, where it is known.
    pub birth_date: Option<String>,
    /// Full years today.
    pub age: Option<i32>,
}

/// A clinic's user agreement as its reader sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementView {
    /// Number of the version, from 1.
    pub version: i64,
    /// The clinic.
    pub clinic: ClinicRef,
    /// The sealed document, where this account has accepted this version with the contact that it would accept it with now.
    pub accepted: Option<String>,
    /// The phone, its middle hidden, that the accepted agreement names for codes, or that it would name if accepted now through
    /// ESIA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Serde asks for a reference.
const fn is_false(value: &bool) -> bool {
    !*value
}

const fn yes() -> bool {
    true
}

/// The clinic as its patients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClinicView {
    /// Name as patients know it.
    pub name: String,
    /// The name that the operator registered, where it is another: it stands in the protocol.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_name: Option<String>,
    /// Logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<Logo>,
    /// The clinic's colour in variants that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub palette: Option<Palette>,
    /// Where to ask, E.164.
    pub support_phone: Option<String>,
    /// Where to ask.
    pub support_email: Option<String>,
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

/// `POST /esia/start`: the button was pressed.
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
pub type CodeStart = EsiaStart;

/// Answer to [`EsiaComplete`], and to `POST /patient/document/sign` with a typed code: the signature stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EsiaCompleted {
    /// State of the document now.
    pub status: Status,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// The sealed document, where an agreement was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_id: Option<String>,
}
