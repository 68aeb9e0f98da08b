//! Why a way through ESIA ended without a signature: one table of codes, words and journal entries.
//!
//! The words themselves stand in [`podpis_shared::problem::words`], which the page reads too.

use crate::person::DataError;
use crate::token::TokenError;
use podpis_kit::{Failure, act};
use podpis_shared::person::Mismatch;
use podpis_shared::policy::Refusal;
use podpis_shared::problem::{Code, Problem, words};
use serde_json::{Value, json};
use std::fmt;

/// Seconds after which a page may hand in the same code once more.
const RETRY_AFTER_S: u32 = 5;

/// A refusal of ours or of ESIA's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The person did not allow it at ESIA.
    Denied,
    /// ESIA does not answer, or with an error of its own.
    Unavailable(Step),
    /// ESIA refuses our own request: a mistake of the installation.
    Rejected(Option<EsiaCode>),
    /// Unknown, of another browser, out of time, or its code was used up.
    Session,
    /// The code is malformed, or was issued for another act.
    Code,
    /// The token answer echoes another `state` than its request had.
    State,
    /// A token that fails a check.
    Token(TokenError),
    /// A field of the person's data is missing or wrong; the text is its name.
    PersonData(&'static str),
    /// The account is not confirmed.
    Unconfirmed,
    /// A child's account.
    Child,
    /// The account is deleted or blocked.
    Account,
    /// ESIA gave back a sign-in from before the act.
    Stale,
    /// Somebody else than the addressee.
    WrongPerson(Mismatch),
    /// The law does not allow this person to sign any more.
    Policy(Refusal),
}

/// Where on the way ESIA failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// At its sign-in page: the callback brought an error.
    Authorize,
    /// At the exchange of the code, which may still be good.
    Token,
    /// At the person's data: the code is used up by then.
    Person,
}

impl Step {
    /// Its name in journal, log and health.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Token => "token",
            Self::Person => "person",
        }
    }
}

/// ESIA's own code of an error, as `ESIA-007053`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EsiaCode(u32);

impl EsiaCode {
    /// Reads the code at the start of an `error_description`: `ESIA-`, six digits, then no further digit.
    pub fn read(description: &str) -> Option<Self> {
        let (digits, rest) = description.strip_prefix("ESIA-")?.split_at_checked(6)?;
        let whole = digits.bytes().all(|b| b.is_ascii_digit())
            && !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
        whole.then(|| digits.parse().ok().map(Self))?
    }
}

impl fmt::Display for EsiaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ESIA-{:06}", self.0)
    }
}

impl Refused {
    /// The stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Denied => Code::EsiaDenied,
            Self::Unavailable(_) => Code::EsiaUnavailable,
            Self::Rejected(_) => Code::EsiaRejected,
            Self::Session => Code::EsiaSession,
            Self::Code => Code::EsiaCode,
            Self::State => Code::EsiaState,
            Self::Token(error) => of_token(*error),
            Self::PersonData(_) => Code::EsiaPersonData,
            Self::Unconfirmed => Code::EsiaUnconfirmed,
            Self::Child => Code::EsiaChild,
            Self::Account => Code::EsiaAccount,
            Self::Stale => Code::EsiaStale,
            Self::WrongPerson(_) => Code::WrongPerson,
            Self::Policy(_) => Code::Policy,
        }
    }

    /// Whether the same request can't succeed any more, so that a new sign-in is needed.
    ///
    /// While the token endpoint is down the code may still be good; a used code may belong to a request that is still
    /// at work.
    pub const fn is_final(&self) -> bool {
        !matches!(self, Self::Unavailable(Step::Token) | Self::Session)
    }

    /// What the journal keeps: kinds only, no data of any person.
    pub fn entry(&self, act_id: &str) -> Value {
        let mut entry = json!({"act_id": act_id, "code": self.code().as_str()});
        match self {
            Self::Unavailable(step) => entry["check"] = step.as_str().into(),
            Self::Rejected(Some(code)) => entry["esia"] = code.to_string().into(),
            Self::Token(error) => entry["check"] = error.to_string().into(),
            Self::PersonData(field) => entry["check"] = (*field).into(),
            Self::WrongPerson(mismatch) => entry["mismatch"] = json!(mismatch),
            Self::Policy(refusal) => {
                entry["rule"] = refusal.rule.into();
                entry["law"] = refusal.law.as_str().into();
            }
            Self::Rejected(None)
            | Self::Denied
            | Self::Session
            | Self::Code
            | Self::State
            | Self::Unconfirmed
            | Self::Child
            | Self::Account
            | Self::Stale => {}
        }
        entry
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Policy(refusal) => Problem::of_refusal_to_sign(refusal).into(),
            Refused::Unavailable(_) if !refused.is_final() => {
                failure(refused.code()).retry_after(RETRY_AFTER_S)
            }
            _ => failure(refused.code()),
        }
    }
}

/// The answer for a code: what happened and what to do next. Never whose document it is.
pub fn failure(code: Code) -> Failure {
    match words::of(code) {
        Some(words) => Failure::new(code, words.body),
        None => act::failure(code),
    }
}

const fn of_token(error: TokenError) -> Code {
    match error {
        TokenError::Form => Code::EsiaTokenForm,
        TokenError::Algorithm => Code::EsiaTokenAlgorithm,
        TokenError::Kind => Code::EsiaTokenKind,
        TokenError::Signature | TokenError::Certificate => Code::EsiaTokenSignature,
        TokenError::Claims => Code::EsiaTokenClaims,
        TokenError::Issuer => Code::EsiaTokenIssuer,
        TokenError::Audience => Code::EsiaTokenAudience,
        TokenError::Expired => Code::EsiaTokenExpired,
        TokenError::NotYetValid => Code::EsiaTokenEarly,
        TokenError::Subject => Code::EsiaTokenSubject,
        TokenError::Session => Code::EsiaTokenSession,
        TokenError::AuthTime => Code::EsiaAuthTime,
        TokenError::Stale => Code::EsiaStale,
        TokenError::Child => Code::EsiaChild,
        TokenError::Unconfirmed => Code::EsiaUnconfirmed,
    }
}

impl From<TokenError> for Refused {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Stale => Self::Stale,
            TokenError::Child => Self::Child,
            TokenError::Unconfirmed => Self::Unconfirmed,
            error => Self::Token(error),
        }
    }
}

impl From<DataError> for Refused {
    fn from(error: DataError) -> Self {
        match error {
            DataError::Unconfirmed => Self::Unconfirmed,
            DataError::Account => Self::Account,
            DataError::Form => Self::Unavailable(Step::Person),
            DataError::Field(name) => Self::PersonData(name),
        }
    }
}

/// What ESIA means by an `error` in a callback or in a token answer.
///
/// Its own code decides, since it puts quite different codes under one OAuth error: a bad signature of ours comes as
/// `access_denied`. The OAuth error counts where there is no code that we know.
pub fn of_esia(step: Step, error: &str, description: &str) -> Refused {
    let code = EsiaCode::read(description);
    match code.map(|code| code.0) {
        // The owner of the data or ESIA itself denied the request.
        Some(7004) => Refused::Denied,
        // Our system takes confirmed accounts only.
        Some(7055) => Refused::Unconfirmed,
        // The code is wrong, out of time, used, or another system's.
        Some(7011) => Refused::Session,
        // ESIA's own failures: an internal error; overloaded or under maintenance.
        Some(7007 | 7008) => Refused::Unavailable(step),
        Some(
            // Certificate of another system; a parameter missing, wrong or twice; method, scope, response type or grant
            // not ours to use; a mandatory parameter missing; the request's time wrong; no permission.
            7002 | 7003 | 7005 | 7006 | 7009 | 7012 | 7013 | 7014 | 7015 | 7019
            // redirect_uri not registered; parameters unreadable; PKCE absent or wrong; a second factor asked for.
            | 7023 | 7038 | 7039 | 7040 | 7046
            // Bad client_secret or certificate; roles and types of users, which we never ask for; authentication of
            // our system failed.
            | 7053 | 7060 | 7061 | 7062 | 7194 | 8010
            // Consents of the digital profile, which we never ask for.
            | 36_700..=36_799,
        ) => Refused::Rejected(code),
        Some(_) | None => match (code, error) {
            (None, "access_denied") => Refused::Denied,
            (_, "invalid_grant") => Refused::Session,
            (
                _,
                "invalid_request"
                | "invalid_client"
                | "unauthorized_client"
                | "unsupported_response_type"
                | "unsupported_grant_type"
                | "invalid_scope",
            ) => Refused::Rejected(code),
            _ => Refused::Unavailable(step),
        },
    }
}

#[cfg(test)]
mod tests;
