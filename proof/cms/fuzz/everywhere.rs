//! Bytes from outside, given to everything that takes them. For the fuzz target, and for the test that does the same with a
//! fixed set of inputs.

use podpis_cms::clinic::{self, Against};
use podpis_cms::crl::Crl;
use podpis_cms::qualified::Qualified;
use podpis_cms::{Certificate, SignedData, tsp};
use podpis_shared::Timestamp;

/// Reads the bytes as every kind of input. Whatever comes out is used: nothing may panic, and nothing may be believed.
pub(crate) fn everywhere(bytes: &[u8]) {
    let certificate = Certificate::from_der(bytes).ok();
    if let Some(certificate) = &certificate {
        let _ = Qualified::of(certificate);
        let _ = certificate.signed_by(certificate);
    }
    if let Ok(list) = Crl::from_any(bytes) {
        let _ = (list.len(), list.issuer_text());
        if let Some(certificate) = &certificate {
            let _ = (list.signed_by(certificate), list.revoked_since(certificate));
        }
    }
    let _ = tsp::check_token_over(bytes, bytes);
    let _ = SignedData::from_any(bytes);
    let Ok(message) = clinic::read(bytes) else {
        return;
    };
    let against = Against {
        roots: &[],
        tsa_roots: &[],
        lists: &[],
        now: Timestamp::from_unix(1_800_000_000),
    };
    for signer in message.signers() {
        assert!(clinic::check(signer, |hash| hash.digest(bytes), &against).is_err());
    }
}
