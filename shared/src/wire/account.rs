//! The personal account: `/patient/account/…` and `/esia/account/…`.
//!
//! The session is a cookie; every request also carries [`ACCOUNT_HEADER`], which no foreign page can send.

use crate::document::{Kind, Method, Status};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Header of every request of the account's pages; its value is `1`.
pub const ACCOUNT_HEADER: &str = "podpis-account";

/// Header that names the document, in the place of a link's token: the session must be allowed to see it.
pub const DOCUMENT_HEADER: &str = "podpis-document";

/// Header that names the clinic whose user agreement is to be read and accepted.
pub const AGREEMENT_HEADER: &str = "podpis-agreement";

/// `POST /patient/account/sign-in`: asks for a code. The answer is the same for known and unknown contacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Phone or e-mail, as typed.
    pub contact: String,
}

/// A code is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeSent {
    /// Comes back with the code.
    pub code_id: String,
    /// `sms` or `email`.
    pub channel: String,
    /// Where to, its middle hidden.
    pub to: String,
    /// From when another one may be asked for.
    pub resend_at: Timestamp,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// How often another one may still be asked for.
    pub resends_left: u32,
}

/// `POST /patient/account/sign-in/code` and every other place where a code is typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedCode {
    /// As given.
    pub code_id: String,
    /// As typed.
    pub code: String,
}

/// `GET /patient/account`, and the answer to signing in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// `contact` or `confirmed` (by ESIA).
    pub level: Level,
    /// Full name, where it is known.
    pub name: Option<String>,
    /// `12.03.1985`, where it is known by ESIA.
    pub birth_date: Option<String>,
    /// What must be shown before anything else is; only `contacts` and `gate` are filled then.
    pub gate: Option<Gate>,
    /// Phones and e-mails.
    pub contacts: Vec<ContactView>,
    /// Clinics that sent something, by name.
    pub clinics: Vec<ClinicRef>,
    /// Documents that wait for this person.
    pub to_sign: u32,
    /// Signed ones, as the filter `signed` shows them; for the tab's number.
    #[serde(default)]
    pub signed: u32,
    /// All of them, as the filter `all` shows them; for the tab's number.
    #[serde(default)]
    pub all: u32,
    /// Documents never opened here.
    pub unread: u32,
    /// Agreements that a clinic has renewed since they were accepted, or that wait to be accepted before a code signs.
    pub agreements_due: Vec<ClinicRef>,
    /// Chosen channels.
    pub notices: Notices,
    /// Minutes by which the person's clock is ahead of UTC, as a browser has told: reminders come by day.
    #[serde(default)]
    pub utc_offset: Option<i32>,
}

/// `PUT /patient/account/clock`: what the browser's clock says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Minutes ahead of UTC.
    pub utc_offset: i32,
}

/// Why the session of a browser is over: `ended` of the problem `signed_out`, told to whoever still has its cookie, once the server has
/// ended it and not the person there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Nobody used it for too long.
    Idle,
    /// It has lasted as long as any may.
    Absolute,
    /// It was ended in the list of devices, from another one.
    Device,
    /// «Sign out everywhere», on another device.
    Everywhere,
    /// The account has gone up in another one of the same person.
    Merged,
    /// The account was closed on another device.
    Erased,
    /// For a reason that this version does not know.
    #[serde(other)]
    Other,
}

/// How well we know whose account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// By codes to a phone or an e-mail.
    Contact,
    /// By ESIA.
    Confirmed,
}

/// What stands between a signed-in person and the documents (`docs/account.md`, threats).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// The number has been silent for long and may have a new owner: ESIA, or the date of birth and a clinic's word.
    Recycled,
    /// Clinics named several people at this contact: the date of birth tells which.
    Who,
}

/// `POST /patient/account/gate`: the date of birth, `YYYY-MM-DD`; or, for a recycled number, «this is not my account».
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum GateAnswer {
    /// The date of birth.
    BirthDate {
        /// `YYYY-MM-DD`.
        birth_date: String,
    },
    /// The number is new to this person: it begins an account of its own.
    NotMine,
}

/// A phone or e-mail of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactView {
    /// Our id.
    pub id: String,
    /// `phone` or `email`.
    pub kind: String,
    /// In full, to its owner.
    pub value: String,
    /// Since when.
    pub since: Timestamp,
    /// The last code from it.
    pub proven_at: Timestamp,
}

/// `POST /patient/account/contacts`: asks for a code to a further phone or e-mail; `…/contacts/code` takes it.
///
/// A second phone replaces the first one. It needs a code from the old one within this session, or ESIA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewContact {
    /// As typed.
    pub contact: String,
}

/// A clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClinicRef {
    /// Our id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Path of its logo; only where a list shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
}

/// Which notices a person wants. SMS is not here: it goes out only where the contract with the clinic says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notices {
    /// E-mail, where there is one.
    pub email: bool,
    /// Push to the browsers that allowed it.
    pub push: bool,
}

impl Default for Notices {
    fn default() -> Self {
        Self {
            email: true,
            push: true,
        }
    }
}

/// One row of `GET /patient/account/documents?filter=to_sign|signed|all&clinic=&q=&after=&limit=`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentItem {
    /// Our id.
    pub id: String,
    /// Title by the clinic.
    pub title: String,
    /// Kind.
    pub kind: Kind,
    /// The clinic sent it for keeping: it was signed elsewhere, and there is nothing to sign; it has no deadline.
    #[serde(default)]
    pub kept: bool,
    /// State.
    pub status: Status,
    /// The clinic.
    pub clinic: ClinicRef,
    /// Asked way of signing.
    pub method: Method,
    /// When it came.
    pub created_at: Timestamp,
    /// Until when it can be signed.
    pub expires_at: Timestamp,
    /// When it was signed.
    pub signed_at: Option<Timestamp>,
    /// Set when it is about somebody else: whom, in full.
    pub on_behalf_of: Option<String>,
    /// That person's full years today.
    pub on_behalf_of_age: Option<i32>,
    /// Set when a representative signs for this person: who.
    pub signed_for_me_by: Option<String>,
    /// Never opened here.
    pub unread: bool,
    /// This person may sign it.
    pub mine_to_sign: bool,
}

/// A page of documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentPage {
    /// Newest first; those to sign by their deadline.
    pub items: Vec<DocumentItem>,
    /// Cursor of the next page; `None` at the end.
    pub next: Option<String>,
}

/// A line of `GET /patient/document/history`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryItem {
    /// When.
    pub at: Timestamp,
    /// What, in plain Russian.
    pub text: String,
}

/// A signed-in device: a row of `GET /patient/account/devices`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Our id.
    pub id: String,
    /// `Chrome, Android`: made of the User-Agent.
    pub name: String,
    /// `phone`, `email` or `esia`.
    pub how: String,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it was last here.
    pub seen_at: Timestamp,
    /// It is the one that asks.
    pub current: bool,
}

/// An accepted agreement: a row of `GET /patient/account/agreements`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedAgreement {
    /// The document with the sealed PDF.
    pub document_id: String,
    /// The clinic.
    pub clinic: ClinicRef,
    /// Title.
    pub title: String,
    /// Version.
    pub version: i64,
    /// When.
    pub accepted_at: Timestamp,
    /// A newer version is in force.
    pub outdated: bool,
}

/// A consent to advertising that can be withdrawn: a row of `GET /patient/account/consents`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentItem {
    /// The signed document.
    pub document_id: String,
    /// The clinic.
    pub clinic: ClinicRef,
    /// Title.
    pub title: String,
    /// When it was given; where nobody has told that (`kept`), when it came.
    pub signed_at: Timestamp,
    /// It was signed elsewhere, and the clinic sent it for keeping.
    #[serde(default)]
    pub kept: bool,
    /// Set when it was given for somebody else, whom this person represents: whom, in full.
    #[serde(default)]
    pub on_behalf_of: Option<String>,
    /// Set when a representative gave it for this person: who.
    #[serde(default)]
    pub signed_for_me_by: Option<String>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
}

/// What stays after an account was closed, and until when: `POST /patient/account/erase`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// What was deleted, in plain Russian.
    pub deleted: Vec<String>,
    /// What must be kept.
    pub kept: Vec<Kept>,
}

/// One kind of thing that the law wants kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What, in plain Russian.
    pub what: String,
    /// How many.
    pub count: u32,
    /// Until which day, `YYYY-MM-DD`, at the latest.
    pub until: String,
    /// Article.
    pub law: String,
}

/// `PUT /patient/account/push`: a browser's subscription (W3C Push API).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushSubscription {
    /// Address at the push service.
    pub endpoint: String,
    /// Key of the browser, base64url.
    pub p256dh: String,
    /// Secret of the browser, base64url.
    pub auth: String,
}

/// `POST /esia/account/start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginPurpose {
    /// Signing in.
    SignIn,
    /// Confirming the account that is signed in, or passing its gate.
    Bind,
}

/// `POST /esia/account/start`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginStart {
    /// What for.
    pub purpose: LoginPurpose,
}

/// Answer to `POST /esia/complete` where it was a sign-in to the account: the session's cookie comes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EsiaLoggedIn {
    /// Always `true`: a failure is a problem.
    pub signed_in: bool,
}
