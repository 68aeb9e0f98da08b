//! Proof Key for Code Exchange (RFC 7636): a stolen code is of no use without the browser that asked for it.
//!
//! The verifier is not kept anywhere. It is a keyed hash of the act's `state` under the cookie of the browser that
//! started it: 256 random bits that neither ESIA nor the address bar ever sees.

use super::Attempt;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

/// `code_verifier`: 43 characters.
pub(super) fn verifier(attempt: Attempt<'_>) -> String {
    // A key of one block, as HMAC fills it up by itself.
    let mut key = [0; 64];
    key[..32].copy_from_slice(&Sha256::digest(attempt.browser));
    let tag = Hmac::<Sha256>::new(&key.into())
        .chain_update("podpis/esia/pkce\n")
        .chain_update(attempt.state)
        .finalize();
    URL_SAFE_NO_PAD.encode(tag.into_bytes())
}

/// `code_challenge` of the method `S256` (section 4.2).
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    #[test]
    fn the_standards_example() {
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn one_verifier_for_one_act_of_one_browser() {
        let of = |state, browser| verifier(Attempt { state, browser });
        let verifier = of("s1", "b1");
        assert_eq!(verifier.len(), 43);
        assert_eq!(verifier, of("s1", "b1"));
        for other in [of("s2", "b1"), of("s1", "b2")] {
            assert_ne!(verifier, other);
        }
    }
}
