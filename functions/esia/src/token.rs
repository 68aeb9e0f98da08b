//! ESIA's tokens: parsing and every check that a signing act needs.
//!
//! A [`SignIn`] is made here only, after all checks; the next step demands one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use podpis_evidence::{KeySet, Oid, TrustedKey};
use podpis_shared::Timestamp;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

/// ESIA's clock and ours may differ by so many seconds: what clients of ESIA commonly allow.
pub const LEEWAY_S: i64 = 60;

/// By so many seconds a sign-in may seem older than the act, though both durations are measured by one clock each: four
/// times cut to whole seconds, and time servers that set a clock meanwhile.
pub const AGE_LEEWAY_S: i64 = 5;

/// Longest token that is looked at, in bytes; ESIA's take 1 to 2 KiB.
const TOKEN_MAX: usize = 16 * 1024;

/// An `auth_time` above this is in milliseconds, as it was until 2020.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// A person signed in at ESIA for this very act, with a confirmed account.
#[derive(Debug)]
#[non_exhaustive]
pub struct SignIn {
    /// Number of the account.
    pub oid: u64,
    /// `urn:esia:sid`.
    pub sid: String,
    /// When the person signed in.
    pub auth_time: Timestamp,
    /// Which of ESIA's keys signed the id_token.
    pub key: TrustedKey,
}

/// What the tokens are held against.
#[derive(Clone, Copy, Debug)]
pub struct Checks<'a> {
    /// `iss`, exactly.
    pub issuer: &'a str,
    /// `aud` of the id_token, `client_id` of the access token.
    pub client_id: &'a str,
    /// Our clock.
    pub now: Timestamp,
    /// When the act started on our page: the person must have signed in after it.
    pub started_at: Timestamp,
}

/// Why tokens were refused. The text is the name of the check, for journal and log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not three parts of base64url with JSON in them, or too long.
    #[error("form")]
    Form,
    /// `alg` is not the one of our keys: `none`, a shared secret, or another algorithm.
    #[error("alg")]
    Algorithm,
    /// A token of another kind in place of this one.
    #[error("sbt")]
    Kind,
    /// None of ESIA's keys made the signature.
    #[error("signature")]
    Signature,
    /// One of ESIA's keys made the signature, but its certificate is not valid now.
    #[error("certificate")]
    Certificate,
    /// A claim is missing or of another type.
    #[error("claims")]
    Claims,
    /// Another issuer.
    #[error("iss")]
    Issuer,
    /// Made for another system.
    #[error("aud")]
    Audience,
    /// Out of date.
    #[error("exp")]
    Expired,
    /// Valid or issued in the future.
    #[error("nbf")]
    NotYetValid,
    /// The numbers of the person differ between claims or tokens.
    #[error("sub")]
    Subject,
    /// The tokens belong to different sessions.
    #[error("sid")]
    Session,
    /// The person signed in at a time that has not come yet.
    #[error("auth_time")]
    AuthTime,
    /// The person signed in before the act: ESIA gave back a living session.
    #[error("stale")]
    Stale,
    /// The account is not confirmed (323-FZ art. 20 part 7 with order 1051n; rule R4).
    #[error("unconfirmed")]
    Unconfirmed,
    /// A child's account (`lvl` KD), which signs nothing by itself.
    #[error("child")]
    Child,
}

/// Checks the id_token and the access token that came with it.
///
/// # Errors
/// The first check that fails; [`TokenError::Stale`] and [`TokenError::Unconfirmed`] come after everything
/// that a forged token would fail.
pub fn verify(
    id_token: &str,
    access_token: &str,
    keys: &KeySet,
    checks: Checks<'_>,
) -> Result<SignIn, TokenError> {
    let (id, key) = signed::<IdClaims>(id_token, "id", keys, checks.now)?;
    let (access, _) = signed::<AccessClaims>(access_token, "access", keys, checks.now)?;
    id.times.check(checks)?;
    access.times.check(checks)?;
    if id.aud != checks.client_id || access.client_id != checks.client_id {
        return Err(TokenError::Audience);
    }
    if id.sub != id.subject.oid || id.sub != access.oid {
        return Err(TokenError::Subject);
    }
    if id.sid != access.sid || id.sid.is_empty() {
        return Err(TokenError::Session);
    }
    let auth_time = if id.auth_time > MILLISECONDS_FROM {
        id.auth_time / 1000
    } else {
        id.auth_time
    };
    if auth_time > checks.now.unix() + LEEWAY_S {
        return Err(TokenError::AuthTime);
    }
    if !began_within(&checks, id.times.iat, auth_time) {
        return Err(TokenError::Stale);
    }
    if id.subject.level.as_deref() == Some("KD") {
        return Err(TokenError::Child);
    }
    // `is_tru` is absent where the account is not confirmed; `lvl` is absent in older tokens.
    if id.subject.trusted != Some(true)
        || id
            .subject
            .level
            .as_deref()
            .is_some_and(|level| level != "PR")
    {
        return Err(TokenError::Unconfirmed);
    }
    Ok(SignIn {
        oid: id.sub.0,
        sid: id.sid,
        auth_time: Timestamp::from_unix(auth_time),
        key: key.clone(),
    })
}

/// The person signed in after the act began, not in a session that ESIA still had.
///
/// Two clocks can't tell that to the second: within [`LEEWAY_S`] an old session would pass. So durations are compared as
/// well, each by one clock: the sign-in's age when the token was made (`iat`, ESIA's clock), and the act's age now (ours).
fn began_within(checks: &Checks<'_>, iat: i64, auth_time: i64) -> bool {
    let (now, started) = (checks.now.unix(), checks.started_at.unix());
    auth_time >= started - LEEWAY_S && iat.saturating_sub(auth_time) <= now - started + AGE_LEEWAY_S
}

/// Whether a code, which is a token too, was issued for this `state`; a code of an unknown form passes.
///
/// Only a first sieve against a code of another session: what decides are the tokens.
pub fn code_may_belong(code: &str, state: &str) -> bool {
    #[derive(Deserialize)]
    struct Code {
        #[serde(rename = "urn:esia:client:state")]
        state: String,
    }
    let payload = code
        .split('.')
        .nth(1)
        .and_then(|part| decode::<Code>(part).ok());
    payload.is_none_or(|payload| payload.state == state)
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    sbt: Option<String>,
    /// Extensions that must be understood (RFC 7515, 4.1.11); we understand none.
    crit: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Times {
    iss: String,
    iat: i64,
    nbf: Option<i64>,
    exp: i64,
}

#[derive(Deserialize)]
struct IdClaims {
    #[serde(flatten)]
    times: Times,
    aud: String,
    sub: Oid,
    auth_time: i64,
    #[serde(rename = "urn:esia:sid")]
    sid: String,
    #[serde(rename = "urn:esia:sbj")]
    subject: Subject,
}

#[derive(Deserialize)]
struct Subject {
    #[serde(rename = "urn:esia:sbj:oid")]
    oid: Oid,
    #[serde(rename = "urn:esia:sbj:is_tru")]
    trusted: Option<bool>,
    #[serde(rename = "urn:esia:sbj:lvl")]
    level: Option<String>,
}

#[derive(Deserialize)]
struct AccessClaims {
    #[serde(flatten)]
    times: Times,
    client_id: String,
    #[serde(rename = "urn:esia:sid")]
    sid: String,
    #[serde(rename = "urn:esia:sbj_id")]
    oid: Oid,
}

impl Times {
    fn check(&self, checks: Checks<'_>) -> Result<(), TokenError> {
        let now = checks.now.unix();
        if self.iss != checks.issuer {
            Err(TokenError::Issuer)
        } else if self.exp <= now - LEEWAY_S {
            Err(TokenError::Expired)
        } else if self.iat.max(self.nbf.unwrap_or(self.iat)) > now + LEEWAY_S {
            Err(TokenError::NotYetValid)
        } else {
            Ok(())
        }
    }
}

/// Checks kind, algorithm and signature; gives the claims and the key.
fn signed<'k, T: DeserializeOwned>(
    token: &str,
    sbt: &str,
    keys: &'k KeySet,
    at: Timestamp,
) -> Result<(T, &'k TrustedKey), TokenError> {
    if token.len() > TOKEN_MAX {
        return Err(TokenError::Form);
    }
    // The signature covers the text as received; it is never written anew.
    let (message, signature) = token.rsplit_once('.').ok_or(TokenError::Form)?;
    let (header, payload) = message.split_once('.').ok_or(TokenError::Form)?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| TokenError::Form)?;
    let header: Header = decode(header)?;
    if header.crit.is_some() {
        return Err(TokenError::Form);
    }
    if !keys.knows(&header.alg) {
        return Err(TokenError::Algorithm);
    }
    if header.sbt.as_deref() != Some(sbt) {
        return Err(TokenError::Kind);
    }
    let bytes = message.as_bytes();
    let key = keys
        .find(&header.alg, bytes, &signature, at)
        .ok_or_else(|| {
            let expired = keys.find_at_any_time(&header.alg, bytes, &signature);
            expired.map_or(TokenError::Signature, |_| TokenError::Certificate)
        })?;
    let claims = decode(payload).map_err(|_| TokenError::Claims)?;
    Ok((claims, key))
}

fn decode<T: DeserializeOwned>(part: &str) -> Result<T, TokenError> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Form)?;
    // Serde would also take an array for a struct.
    if json.first() != Some(&b'{') {
        return Err(TokenError::Form);
    }
    serde_json::from_slice(&json).map_err(|_| TokenError::Form)
}

#[cfg(test)]
mod tests;
