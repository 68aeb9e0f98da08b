//! Proof key for code exchange (RFC 7636), S256 only.

use crate::error::EsiaError;
use crate::params::Params;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::str::FromStr;

/// Whether the server asks for it. A challenge that a client sends unasked is checked all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pkce {
    /// The client may leave it out.
    Off,
    /// An authorise request of v2 without `code_challenge` is refused: ESIA-007039.
    Required,
}

impl FromStr for Pkce {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        match text {
            "off" => Ok(Self::Off),
            "required" => Ok(Self::Required),
            _ => anyhow::bail!("{text:?} is neither off nor required"),
        }
    }
}

/// The challenge of an authorise request.
pub(crate) fn challenge(params: &Params, pkce: Pkce) -> Result<Option<String>, EsiaError> {
    let Some(challenge) = params.optional("code_challenge")? else {
        return match pkce {
            Pkce::Off => Ok(None),
            Pkce::Required => Err(EsiaError::no_challenge()),
        };
    };
    // The name of the method's parameter is RFC 7636's: ESIA's own is not known for sure.
    if !matches!(
        params.optional("code_challenge_method")?,
        None | Some("S256")
    ) {
        return Err(EsiaError::malformed("code_challenge_method"));
    }
    if URL_SAFE_NO_PAD.decode(challenge).map(|bytes| bytes.len()) == Ok(32) {
        Ok(Some(challenge.to_owned()))
    } else {
        Err(EsiaError::malformed("code_challenge"))
    }
}

/// Whether `code_verifier` fits; one without a challenge does not.
pub(crate) fn verify(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), EsiaError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    let fits = match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            (43..=128).contains(&verifier.len())
                && verifier.chars().all(allowed)
                && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
        }
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(EsiaError::verifier())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc() {
        assert!(verify(Some(CHALLENGE), Some(VERIFIER)).is_ok());
        assert!(verify(None, None).is_ok());
        for (challenge, verifier) in [
            (Some(CHALLENGE), None),
            (None, Some(VERIFIER)),
            (Some(CHALLENGE), Some(CHALLENGE)),
            (Some(VERIFIER), Some(VERIFIER)),
        ] {
            assert_eq!(verify(challenge, verifier).unwrap_err().code, "ESIA-007040");
        }
    }
}
