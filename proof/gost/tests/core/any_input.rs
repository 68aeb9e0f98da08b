//! Nothing that comes in makes anything panic: what the fuzz target does, for a fixed set of inputs.

use podpis_gost::{ParamSet, PublicKey, SecretKey};

use crate::samples::Samples;

#[test]
fn random_bytes() {
    let mut samples = Samples(21);
    for _ in 0..300 {
        let length = samples.below(300);
        everywhere(&samples.bytes(length));
    }
    for length in 0..260 {
        everywhere(&vec![0; length]);
        everywhere(&vec![0xff; length]);
    }
}

#[test]
fn genuine_input_cut_and_changed() {
    let mut samples = Samples(22);
    for &set in ParamSet::ALL {
        let key = samples.key(set);
        let public = key.public_key();
        let inputs = [
            key.to_bytes().to_vec(),
            public.to_bytes(),
            key.sign(b"message"),
            key.to_pkcs8_pem().as_bytes().to_vec(),
            public.to_spki_der(),
        ];
        for input in inputs {
            everywhere(&input);
            for _ in 0..4 {
                everywhere(&input[..samples.below(input.len())]);
                let mut changed = input.clone();
                changed[samples.below(input.len())] = samples.bytes(1)[0];
                everywhere(&changed);
                let place = samples.below(input.len());
                changed.insert(place, 0);
                everywhere(&changed);
            }
        }
    }
}

/// Whatever is read of these bytes as a key can be used, and used with them.
fn everywhere(bytes: &[u8]) {
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
        use_public(&SAMPLE.with(|keys| keys[set as usize]), bytes);
    }
    assert_eq!(ParamSet::from_oid(&text), None);
}

thread_local! {
    static SAMPLE: Vec<PublicKey> = ParamSet::ALL
        .iter()
        .map(|&set| Samples(23).key(set).public_key())
        .collect();
}

fn use_public(key: &PublicKey, bytes: &[u8]) {
    assert_eq!(
        PublicKey::from_bytes(key.param_set(), &key.to_bytes()),
        Ok(*key)
    );
    let cut = bytes.len().min(key.param_set().size());
    assert!(!key.verify(bytes, bytes));
    assert!(!key.verify_digest(&bytes[..cut], &bytes[cut..]));
    assert!(!key.verify_digest(&bytes[..cut], bytes));
}

fn use_secret(key: &SecretKey, bytes: &[u8]) {
    assert!(key.public_key().verify(bytes, &key.sign_with(bytes, bytes)));
    let fits = bytes.len() == key.param_set().size();
    assert_eq!(key.sign_digest(bytes).is_ok(), fits);
}
