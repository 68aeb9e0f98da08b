//! Known answers.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use podpis_gost::{ParamSet, PublicKey, SecretKey};

/// A genuine ESIA token: ekapusta/oauth2-esia, tests/Security/RemoteSignerTest.php at commit 28f346e.
#[test]
fn a_genuine_token_of_esia() {
    let digest = hex("75aff81eaa264339c74a58423d2ac0f0759aedeb647354641cd7b95c72dbb853");
    let s = hex("6a2299fb5f1d501c69163f07ca7df752843d538fab417858eed3e4cb616c22c8");
    let r = hex("26b0e259809654c02ad1acda2de20e36864cfc1b338e7bcebff199376584b36c");
    let x = hex("D5C6C61EF124B6FEA31DB0B5E45C9AC8B5F51D1D7756306EFDB9BE826B3A7F24");
    let y = hex("1A189891410A4C8045D7BA0D05D199A44BA9B36424465965DFE0340ECC9BBB99");
    let reversed = |number: &[u8]| number.iter().rev().copied().collect::<Vec<_>>();
    let key = PublicKey::from_bytes(
        ParamSet::CryptoProXchA,
        &[reversed(&x), reversed(&y)].concat(),
    )
    .unwrap();
    let signature = [s.clone(), r.clone()].concat();
    assert!(key.verify_digest(&digest, &signature));
    assert!(!key.verify_digest(&digest, &reversed(&signature)));
    assert!(!key.verify_digest(&digest, &[r, s].concat()));
    assert!(!key.verify_digest(&reversed(&digest), &signature));
}

#[test]
fn own_signatures_verify_on_every_curve() {
    for &set in ParamSet::ALL {
        for secret in [1, 2, 77] {
            let mut bytes = vec![0; set.size()];
            bytes[0] = secret;
            let secret = SecretKey::from_bytes(set, &bytes).unwrap();
            let public = secret.public_key();
            assert_eq!(
                PublicKey::from_bytes(set, &public.to_bytes()).unwrap(),
                public
            );
            let signature = secret.sign(b"message");
            assert!(public.verify(b"message", &signature), "{set:?}");
            assert!(!public.verify(b"massage", &signature), "{set:?}");
        }
    }
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}
