//! A signature is of one message, by one key, and has one form.

use crate::samples::Samples;
use podpis_gost::{ParamSet, PublicKey, SecretKey, streebog};

#[test]
fn no_flipped_bit_verifies() {
    for &set in ParamSet::ALL {
        let mut samples = Samples(11);
        let (key, message) = (samples.key(set), samples.bytes(40));
        // Every bit for the set that ESIA uses; for the others every fifth, which reaches all bits of a byte.
        let step = if set == ParamSet::CryptoProXchA { 1 } else { 5 };
        let public = key.public_key();
        let signature = key.sign(&message);
        assert!(public.verify(&message, &signature), "{set:?}");
        for bit in (0..8 * signature.len()).step_by(step) {
            assert!(
                !public.verify(&message, &flipped(&signature, bit)),
                "{set:?} {bit}"
            );
        }
        for bit in (0..8 * message.len()).step_by(step) {
            assert!(
                !public.verify(&flipped(&message, bit), &signature),
                "{set:?} {bit}"
            );
        }
        let digest = streebog(set.size(), &message);
        assert!(public.verify_digest(&digest, &signature));
        for bit in (0..8 * digest.len()).step_by(step) {
            assert!(
                !public.verify_digest(&flipped(&digest, bit), &signature),
                "{set:?} {bit}"
            );
        }
        let bytes = public.to_bytes();
        for bit in (0..8 * bytes.len()).step_by(step) {
            let other = PublicKey::from_bytes(set, &flipped(&bytes, bit));
            assert!(other.is_err() || !other.unwrap().verify(&message, &signature));
        }
    }
}

#[test]
fn keys_do_not_stand_for_each_other() {
    for &set in ParamSet::ALL {
        let mut samples = Samples(12);
        let (one, other) = (samples.key(set), samples.key(set));
        for _ in 0..5 {
            let length = samples.below(200);
            let message = samples.bytes(length);
            let signature = one.sign(&message);
            assert!(one.public_key().verify(&message, &signature));
            assert!(!other.public_key().verify(&message, &signature));
            assert_ne!(other.sign(&message), signature);
        }
    }
}

/// Two names of one curve give the same signatures; the curves themselves do not.
#[test]
fn a_signature_belongs_to_its_curve() {
    let secret = Samples(13).key(ParamSet::CryptoProXchA).to_bytes();
    let key = |set| SecretKey::from_bytes(set, &secret).unwrap();
    let signature = key(ParamSet::CryptoProXchA).sign(b"message");
    for &set in ParamSet::ALL.iter().filter(|set| set.size() == 32) {
        let same = matches!(
            set,
            ParamSet::CryptoProA | ParamSet::CryptoProXchA | ParamSet::Tc26B256
        );
        assert_eq!(key(set).sign(b"message") == signature, same, "{set:?}");
        assert_eq!(
            key(set).public_key().verify(b"message", &signature),
            same,
            "{set:?}"
        );
    }
}

#[test]
fn lengths_are_exact() {
    for &set in ParamSet::ALL {
        let key = Samples(14).key(set);
        let public = key.public_key();
        let digest = streebog(set.size(), b"message");
        let signature = key.sign_digest(&digest).unwrap();
        assert_eq!(signature.len(), 2 * set.size());
        assert!(public.verify_digest(&digest, &signature));
        let longer = [&signature[..], &[0]].concat();
        let padded = [&[0], &signature[..]].concat();
        for wrong in [
            &[],
            &signature[1..],
            &signature[..signature.len() - 1],
            &longer,
            &padded,
        ] {
            assert!(!public.verify_digest(&digest, wrong));
        }
        let other_size = streebog(96 - set.size(), b"message");
        for wrong in [&[], &digest[1..], &other_size] {
            assert!(!public.verify_digest(wrong, &signature));
        }
    }
}

#[test]
fn extra_bytes_change_the_nonce_only() {
    for &set in ParamSet::ALL {
        let key = Samples(15).key(set);
        let plain = key.sign(b"message");
        assert_eq!(plain, key.sign(b"message"));
        assert_eq!(plain, key.sign_with(b"message", &[]));
        let digest = streebog(set.size(), b"message");
        assert_eq!(plain, key.sign_digest(&digest).unwrap());
        let mixed = key.sign_with(b"message", &[1, 2, 3]);
        // Neither half is the same: r comes from the nonce alone.
        assert_ne!(plain[..set.size()], mixed[..set.size()]);
        assert_ne!(plain[set.size()..], mixed[set.size()..]);
        assert!(key.public_key().verify(b"message", &mixed));
    }
}

/// No two messages share a nonce: r would be the same.
#[test]
fn nonces_differ() {
    let key = Samples(16).key(ParamSet::CryptoProXchA);
    let mut halves: Vec<_> = (0..200_u32)
        .map(|number| key.sign(&number.to_be_bytes())[32..].to_vec())
        .collect();
    halves.sort();
    halves.dedup();
    assert_eq!(halves.len(), 200);
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}
