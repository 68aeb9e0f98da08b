//! Faults on demand: `POST /sim/next` says what the next answers do wrong, each once.

use serde::Deserialize;

/// Body of `POST /sim/next`. Every field is optional; a fault is used up by the first answer that it concerns,
/// and a later POST replaces the faults that it names.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// The next request to `/aas/oauth2/v2/ac`.
    #[serde(default)]
    pub authorize: Option<AuthorizeFault>,
    /// The next request to `/aas/oauth2/v3/te`.
    #[serde(default)]
    pub te: Option<TeFault>,
    /// The next tokens.
    #[serde(default)]
    pub token: Option<TokenFault>,
    /// The next request to `/rs/prns/{oid}`.
    #[serde(default)]
    pub prns: Option<PrnsFault>,
    /// Milliseconds to wait before the next answer of `/aas/oauth2/v3/te`.
    #[serde(default)]
    pub delay_ms: Option<u64>,
}

/// What an authorise request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorizeFault {
    /// Redirect with `temporarily_unavailable`, ESIA-007008.
    Overloaded,
    /// The callback carries another `state`.
    WrongState,
}

/// What a token request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TeFault {
    /// Status 500 with an empty body. The code stays valid.
    Error500,
    /// Status 200 with an HTML page, as ESIA does at times. The code stays valid.
    Html,
    /// Status 400, `invalid_grant`, ESIA-007011. The code is used up.
    InvalidGrant,
    /// The answer's `state` is not the request's.
    WrongState,
    /// `expires_in` is a string: no fault, an older form that clients must take.
    ExpiresInString,
    /// No `id_token` in the answer.
    NoIdToken,
}

/// What is wrong with the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenFault {
    /// The id_token ran out an hour ago.
    Expired,
    /// The id_token becomes valid in an hour.
    NotYetValid,
    /// Another issuer.
    WrongIss,
    /// Another audience.
    WrongAud,
    /// `alg` is `none` and the signature is empty.
    AlgNone,
    /// One bit of the signature is another one.
    BadSignature,
    /// Signed by a key that is not ESIA's.
    ForeignKey,
    /// `sbt` of the id_token is `access`.
    SbtSubstituted,
    /// `sub` is another person's number than `urn:esia:sbj:oid`.
    OtherSubject,
    /// The access token belongs to another session.
    OtherSid,
    /// The sign-in took place an hour ago: what a living ESIA session gives.
    OldAuthTime,
    /// `auth_time` in milliseconds: no fault, an older form that clients must take.
    AuthTimeMs,
}

/// What a request for the person's data meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrnsFault {
    /// Status 500.
    Error500,
    /// Status 401, ESIA-005013: the token ran out.
    Expired,
    /// Status 200 with an HTML page.
    Html,
    /// `trusted` is false although the tokens say otherwise.
    Untrusted,
    /// Another birth date than the account's.
    Mismatch,
    /// No `lastName`, as if the scope did not cover it.
    NoName,
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
