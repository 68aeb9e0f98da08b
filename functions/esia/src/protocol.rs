//! ESIA's OAuth 2.0: addresses, forms, and the strings that are signed.
//!
//! | | [`Version::V2`] | [`Version::V1`] |
//! |---|---|---|
//! | authorise, token | `/aas/oauth2/v2/ac`, `/aas/oauth2/v3/te` | `/aas/oauth2/ac`, `/aas/oauth2/te` |
//! | signed | `client_id‖scope‖timestamp‖state‖redirect_uri[‖code]` | `scope‖timestamp‖client_id‖state` |
//! | `client_secret` | the raw signature, 64 bytes | detached CMS, DER |
//! | `client_certificate_hash` | yes | no: the certificate is in the CMS |

mod pkce;

use crate::signer::{RequestSigner, SignerError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use podpis_cms::Detached;
use podpis_shared::Timestamp;
use podpis_shared::hash::hex;
use streebog::{Digest as _, Streebog256};

/// What we ask to know: the account's number and level, full name, date of birth, SNILS. Nothing more.
pub const SCOPE: &str = "openid fullname birthdate snils";

/// Unreserved characters of RFC 3986 stay, everything else is encoded.
///
/// ESIA reads a raw `+` as a space and then complains of the timestamp (ESIA-007014).
const STRICT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One signing act on its way through ESIA and back.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// The act's `state`, a UUID.
    pub state: &'a str,
    /// Value of the cookie of the browser that started it; a secret between that browser and us.
    pub browser: &'a str,
}

/// Which pair of addresses is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Authorise v1 with token v1, for stands that have nothing newer.
    V1,
    /// Authorise v2 with token v3.
    V2,
}

/// Our system as ESIA knows it.
#[derive(Clone, Debug)]
pub struct Client {
    /// ESIA's address without a slash at the end.
    pub esia_url: String,
    /// Mnemonic of our system.
    pub client_id: String,
    /// Where ESIA sends the browser back to.
    pub redirect_uri: String,
    /// Which of ESIA's protocols.
    pub version: Version,
    /// Proof Key for Code Exchange (RFC 7636, `S256`), for a server that asks for it (ESIA-007039).
    pub pkce: bool,
}

/// Names and values of a query or form.
type Pairs = Vec<(&'static str, String)>;

impl Client {
    /// Address of ESIA's sign-in page for one signing act.
    ///
    /// # Errors
    /// When the request can't be signed.
    pub async fn authorize_url(
        &self,
        attempt: Attempt<'_>,
        now: Timestamp,
        signer: &impl RequestSigner,
    ) -> Result<String, SignerError> {
        let mut pairs = self.signed(attempt.state, now, "", signer).await?;
        pairs.push(("response_type", "code".into()));
        pairs.push(("access_type", "online".into()));
        if self.pkce {
            let verifier = pkce::verifier(attempt);
            pairs.push(("code_challenge", pkce::challenge(&verifier)));
            pairs.push(("code_challenge_method", "S256".into()));
        }
        let path = match self.version {
            Version::V1 => "/aas/oauth2/ac",
            Version::V2 => "/aas/oauth2/v2/ac",
        };
        Ok(format!("{}{path}?{}", self.esia_url, encoded(&pairs)))
    }

    /// Body of the token request, `application/x-www-form-urlencoded`.
    ///
    /// `own_state` is a UUID of this request, other than the act's; ESIA's answer repeats it.
    ///
    /// # Errors
    /// When the request can't be signed.
    pub async fn token_form(
        &self,
        code: &str,
        attempt: Attempt<'_>,
        own_state: &str,
        now: Timestamp,
        signer: &impl RequestSigner,
    ) -> Result<String, SignerError> {
        let mut pairs = self.signed(own_state, now, code, signer).await?;
        pairs.push(("code", code.into()));
        pairs.push(("grant_type", "authorization_code".into()));
        pairs.push(("token_type", "Bearer".into()));
        if self.pkce {
            pairs.push(("code_verifier", pkce::verifier(attempt)));
        }
        Ok(encoded(&pairs))
    }

    /// Where the token request goes.
    pub fn token_url(&self) -> String {
        let path = match self.version {
            Version::V1 => "/aas/oauth2/te",
            Version::V2 => "/aas/oauth2/v3/te",
        };
        format!("{}{path}", self.esia_url)
    }

    /// Where a person's data are read.
    pub fn person_url(&self, oid: u64) -> String {
        format!("{}/rs/prns/{oid}", self.esia_url)
    }

    /// Ends the browser's session at ESIA and comes back to `back`. The parameter is `redirect_url`, not `…uri`.
    pub fn logout_url(&self, back: &str) -> String {
        let pairs = [
            ("client_id", self.client_id.as_str()),
            ("redirect_url", back),
        ];
        format!(
            "{}/idp/ext/Logout?{}",
            self.esia_url,
            query(pairs.into_iter())
        )
    }

    /// The string to sign: plain concatenation, no separators; `code` is empty in an authorise request.
    fn signing_string(&self, timestamp: &str, state: &str, code: &str) -> String {
        match self.version {
            // Always the same four, in the token request too.
            Version::V1 => [SCOPE, timestamp, &self.client_id, state].concat(),
            Version::V2 => [
                &self.client_id,
                SCOPE,
                timestamp,
                state,
                &self.redirect_uri,
                code,
            ]
            .concat(),
        }
    }

    /// Parameters that both requests have.
    async fn signed(
        &self,
        state: &str,
        now: Timestamp,
        code: &str,
        signer: &impl RequestSigner,
    ) -> Result<Pairs, SignerError> {
        let timestamp = timestamp(now);
        let text = self.signing_string(&timestamp, state, code);
        let secret = match self.version {
            Version::V1 => detached(text.as_bytes(), now, signer).await?,
            Version::V2 => signer.sign(text.as_bytes()).await?,
        };
        let mut pairs = vec![
            ("client_id", self.client_id.clone()),
            ("client_secret", URL_SAFE_NO_PAD.encode(secret)),
            ("redirect_uri", self.redirect_uri.clone()),
            ("scope", SCOPE.to_owned()),
            ("state", state.to_owned()),
            ("timestamp", timestamp),
        ];
        if self.version == Version::V2 {
            let hash = hex(&Streebog256::digest(signer.certificate().der()));
            pairs.push(("client_certificate_hash", hash.to_ascii_uppercase()));
        }
        Ok(pairs)
    }
}

/// Detached CMS over a text, DER, as the first protocol takes it.
async fn detached(
    text: &[u8],
    now: Timestamp,
    signer: &impl RequestSigner,
) -> Result<Vec<u8>, SignerError> {
    let cms = Detached::new(text, signer.certificate(), now).map_err(SignerError::Message)?;
    let signature = signer.sign(cms.message()).await?;
    cms.finish(&signature).map_err(SignerError::Message)
}

/// `name=value&…`, strictly encoded.
pub fn query<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pair = |(name, value)| format!("{name}={}", utf8_percent_encode(value, STRICT));
    pairs.map(pair).collect::<Vec<_>>().join("&")
}

fn encoded(pairs: &Pairs) -> String {
    query(pairs.iter().map(|(name, value)| (*name, value.as_str())))
}

/// A random UUID (RFC 9562, version 4), the form that ESIA demands of `state`.
pub fn uuid(mut random: [u8; 16]) -> String {
    random[6] = random[6] & 0x0f | 0x40;
    random[8] = random[8] & 0x3f | 0x80;
    let hex = hex(&random);
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// `2013.01.25 14:36:11 +0400`; ours are in UTC.
fn timestamp(at: Timestamp) -> String {
    format!(
        "{} +0000",
        at.to_string()
            .trim_end_matches('Z')
            .replace('-', ".")
            .replace('T', " ")
    )
}

#[cfg(test)]
mod tests;
