//! Bytes from outside, given to everything that takes them. For the fuzz target, and for the test that does the same with a
//! fixed set of inputs.

use podpis_gost::{ParamSet, PublicKey, SecretKey};

/// Reads the bytes as every kind of input. Whatever comes out as a key is used, with the bytes as message and signature.
pub(crate) fn everywhere(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let publics = [PublicKey::from_spki_der(bytes), PublicKey::from_pem(&text)];
    let secrets = [
        SecretKey::from_pkcs8_der(bytes),
        SecretKey::from_pkcs8_pem(&text),
    ];
    for public in publics.into_iter().flatten() {
        use_public(&public, bytes);
    }
    for secret in secrets.into_iter().flatten() {
        use_secret(&secret, bytes);
    }
    for &set in ParamSet::ALL {
        if let Ok(public) = PublicKey::from_bytes(set, bytes) {
            use_public(&public, bytes);
        }
        if let Ok(secret) = SecretKey::from_bytes(set, bytes) {
            use_secret(&secret, bytes);
        }
        // A key that is one, and numbers of every other size.
        let number = vec![0x11; set.size()];
        if let Ok(secret) = SecretKey::from_bytes(set, &number) {
            use_public(&secret.public_key(), bytes);
        }
    }
    assert_eq!(ParamSet::from_oid(&text).map(ParamSet::oid), find(&text));
}

fn use_public(key: &PublicKey, bytes: &[u8]) {
    let again = PublicKey::from_bytes(key.param_set(), &key.to_bytes());
    assert_eq!(again, Ok(*key));
    let (digest, rest) = bytes.split_at(bytes.len().min(key.param_set().size()));
    assert!(!key.verify(bytes, bytes));
    assert!(!key.verify_digest(digest, rest));
    assert!(!key.verify_digest(digest, bytes));
}

fn use_secret(key: &SecretKey, bytes: &[u8]) {
    let signature = key.sign_with(bytes, bytes);
    assert!(key.public_key().verify(bytes, &signature));
    let fits = bytes.len() == key.param_set().size();
    assert_eq!(key.sign_digest(bytes).is_ok(), fits);
}

fn find(text: &str) -> Option<&'static str> {
    ParamSet::ALL
        .iter()
        .map(|set| set.oid())
        .find(|oid| *oid == text)
}
