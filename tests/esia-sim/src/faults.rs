//! Faults on demand: `POST /sim/next` says what the next answers do wrong, each once.

use crate::error::EsiaCode;
use serde::Deserialize;

/// Body of `POST /sim/next`. Every field is optional; a fault is used up by the first answer that it concerns,
/// and a later POST replaces the faults that it names.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// The next authorise request, of either version.
    pub authorize: Option<AuthorizeFault>,
    /// The next token request, of either version.
    pub te: Option<TeFault>,
    /// The next tokens.
    pub token: Option<TokenFault>,
    /// The next request under `/rs/prns/`.
    pub prns: Option<PrnsFault>,
    /// Milliseconds to wait before the next answer of the token endpoint.
    pub delay_ms: Option<u64>,
}

/// An endpoint that is out of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outage {
    /// Status 500 with an empty body. The request has had no effect.
    Error500,
    /// Status 503 with an empty body. The request has had no effect.
    Error503,
    /// Status 200 with an HTML page, as ESIA does at times. The request has had no effect.
    Html,
    /// The connection ends without an answer. The request has had no effect.
    Closed,
    /// The connection ends in the middle of the answer's body. The request took effect: a code is used up.
    Half,
}

/// What an authorise request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum AuthorizeFault {
    /// No proper answer.
    Outage(Outage),
    /// Back to the client with an error: `{"error": "ESIA-007055"}`.
    Refusal {
        /// Which one.
        error: EsiaCode,
    },
    /// A wrong answer.
    Answer(AuthorizeAnswer),
}

/// How an answer of the authorise endpoint is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorizeAnswer {
    /// Redirect with `temporarily_unavailable`, ESIA-007008.
    Overloaded,
    /// The callback carries another `state`.
    WrongState,
    /// The callback carries no `state`.
    NoState,
    /// The `code` is no token.
    MalformedCode,
}

/// What a token request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum TeFault {
    /// No proper answer.
    Outage(Outage),
    /// Status 400 with an error: `{"error": "ESIA-007053"}`. The code stays valid.
    Refusal {
        /// Which one.
        error: EsiaCode,
    },
    /// A wrong answer.
    Answer(TeAnswer),
}

/// How an answer of the token endpoint is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TeAnswer {
    /// Status 400, `invalid_grant`, ESIA-007011. The code is used up.
    InvalidGrant,
    /// The answer's `state` is not the request's.
    WrongState,
    /// No `state` in the answer.
    NoState,
    /// `expires_in` is a string: no fault, an older form that clients must take.
    ExpiresInString,
    /// No `id_token` in the answer.
    NoIdToken,
    /// No `access_token` in the answer.
    NoAccessToken,
    /// A JSON array instead of an object.
    NotAnObject,
}

/// What is wrong with the tokens. Where nothing else is said it concerns the id_token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenFault {
    /// It ran out an hour ago.
    Expired,
    /// It becomes valid in an hour (`nbf`, `iat`).
    NotYetValid,
    /// It has no `exp`.
    NoExp,
    /// Another issuer.
    WrongIss,
    /// Another audience.
    WrongAud,
    /// `alg` is `none` and the signature is empty.
    AlgNone,
    /// `alg` names the other algorithm, and the signature is of the configured one.
    WrongAlg,
    /// Signed properly with the other algorithm, by ESIA's key of it.
    OtherAlg,
    /// One bit of the signature is another one.
    BadSignature,
    /// The signature's bytes stand in reverse order.
    ReversedSignature,
    /// Signed by a key that is not ESIA's.
    ForeignKey,
    /// Not of three parts.
    Malformed,
    /// The payload is no JSON.
    NotJson,
    /// `sbt` of the id_token is `access`.
    SbtSubstituted,
    /// `sub` is another person's number than `urn:esia:sbj:oid`.
    OtherSubject,
    /// The access token is another person's.
    OtherAccess,
    /// The access token belongs to another session.
    OtherSid,
    /// `sub` and the numbers are strings: no fault, a form that clients should take.
    SubString,
    /// The sign-in took place an hour ago: what a living ESIA session gives.
    OldAuthTime,
    /// `auth_time` in milliseconds: no fault, an older form that clients must take.
    AuthTimeMs,
    /// No `auth_time`.
    NoAuthTime,
    /// `auth_time` is an hour ahead.
    FutureAuthTime,
    /// No `urn:esia:sbj:is_tru`.
    NoIsTru,
    /// `urn:esia:sbj:lvl` is `P`: simplified or standard.
    LevelP,
    /// `urn:esia:sbj:lvl` is `KD`: a child's account.
    LevelKd,
}

/// What a request for the person's data meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum PrnsFault {
    /// No proper answer.
    Outage(Outage),
    /// A wrong answer.
    Answer(PrnsAnswer),
}

/// How an answer with the person's data is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrnsAnswer {
    /// Status 401, ESIA-005013: the token ran out.
    Expired,
    /// The same in the form of an array.
    ExpiredArray,
    /// Status 401, ESIA-005011: the token is not ESIA's.
    InvalidToken,
    /// Status 403, ESIA-005029: the scope does not cover it.
    ScopeNotAllowed,
    /// `trusted` is false although the tokens say otherwise.
    Untrusted,
    /// No `trusted`.
    NoTrusted,
    /// `status` is `DELETED`.
    Deleted,
    /// No `status`.
    NoStatus,
    /// `status` is `Registered`: no fault, the spelling of the official table.
    StatusSpelling,
    /// `verifying` is true.
    Verifying,
    /// Another birth date than the account's.
    Mismatch,
    /// Another person's names, birth date and SNILS.
    OtherPerson,
    /// No `lastName`, as if the scope did not cover it.
    NoName,
    /// No `firstName`.
    NoFirstName,
    /// No `birthDate`.
    NoBirthDate,
    /// `birthDate` is no date.
    BadBirthDate,
    /// No `snils`.
    NoSnils,
}

impl Faults {
    /// Takes over what `newer` names.
    pub(crate) fn merge(&mut self, newer: Self) {
        self.authorize = newer.authorize.or(self.authorize);
        self.te = newer.te.or(self.te);
        self.token = newer.token.or(self.token);
        self.prns = newer.prns.or(self.prns);
        self.delay_ms = newer.delay_ms.or(self.delay_ms);
    }
}
