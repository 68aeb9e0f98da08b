//! GOST R 34.10-2012: certificates, chains and signatures, both ways with OpenSSL's engine.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;

use common::{CA, CONTENT, Dir, SEAL, TSA, at, digest, one};
use podpis_cms::chain::{ChainError, Purpose, validate};
use podpis_cms::{
    Algorithm, Certificate, CmsError, Detached, HashKind, Scheme, SignedData, make, tsp,
};
use podpis_gost::{ParamSet, SecretKey};
use podpis_shared::Timestamp;

/// The engine's names: parameter set, algorithm, its name there, hash.
const SETS: [(ParamSet, &str, &str, &str); 12] = [
    (ParamSet::CryptoProA, "gost2012_256", "A", "md_gost12_256"),
    (ParamSet::CryptoProB, "gost2012_256", "B", "md_gost12_256"),
    (ParamSet::CryptoProC, "gost2012_256", "C", "md_gost12_256"),
    (
        ParamSet::CryptoProXchA,
        "gost2012_256",
        "XA",
        "md_gost12_256",
    ),
    (
        ParamSet::CryptoProXchB,
        "gost2012_256",
        "XB",
        "md_gost12_256",
    ),
    (ParamSet::Tc26A256, "gost2012_256", "TCA", "md_gost12_256"),
    (ParamSet::Tc26B256, "gost2012_256", "TCB", "md_gost12_256"),
    (ParamSet::Tc26C256, "gost2012_256", "TCC", "md_gost12_256"),
    (ParamSet::Tc26D256, "gost2012_256", "TCD", "md_gost12_256"),
    (ParamSet::Tc26A512, "gost2012_512", "A", "md_gost12_512"),
    (ParamSet::Tc26B512, "gost2012_512", "B", "md_gost12_512"),
    (ParamSet::Tc26C512, "gost2012_512", "C", "md_gost12_512"),
];

/// A key and a self-signed certificate of the engine, `{name}.key` and `{name}.pem`.
fn engine_party(
    dir: &Dir,
    name: &str,
    algorithm: &str,
    set: &str,
    extensions: &[&str],
) -> Certificate {
    dir.write(
        "x.cnf",
        format!(
            "[req]\ndistinguished_name=d\n[d]\n[x]\n{}\n",
            extensions.join("\n")
        ),
    );
    dir.openssl(&format!(
        "genpkey -engine gost -algorithm {algorithm} -pkeyopt paramset:{set} -out {name}.key"
    ));
    dir.openssl(&format!(
        "req -engine gost -config x.cnf -new -x509 -utf8 -key {name}.key -subj /O=Podpis/CN={name} -days 3650 \
         -extensions x -out {name}.pem"
    ));
    dir.certificate(name)
}

/// As [`engine_party`], below an issuer that is there.
fn issued(
    dir: &Dir,
    issuer: &str,
    name: &str,
    (algorithm, set): (&str, &str),
    extensions: &[&str],
) -> Certificate {
    dir.write("x.cnf", format!("[x]\n{}\n", extensions.join("\n")));
    dir.openssl(&format!(
        "genpkey -engine gost -algorithm {algorithm} -pkeyopt paramset:{set} -out {name}.key"
    ));
    dir.openssl(&format!(
        "req -engine gost -new -key {name}.key -subj /O=Podpis/CN={name} -out {name}.csr"
    ));
    dir.openssl(&format!(
        "x509 -engine gost -req -in {name}.csr -CA {issuer}.pem -CAkey {issuer}.key -CAcreateserial -days 100 \
         -extfile x.cnf -extensions x -out {name}.pem"
    ));
    dir.certificate(name)
}

fn secret(dir: &Dir, name: &str) -> SecretKey {
    SecretKey::from_pkcs8_pem(&dir.text(&format!("{name}.key"))).unwrap()
}

#[test]
fn certificates_of_the_engine_are_read_and_checked() {
    let dir = Dir::new();
    for (set, algorithm, name, _) in SETS {
        let certificate = engine_party(&dir, "root", algorithm, name, &CA);
        let key = certificate.gost_key().unwrap();
        assert_eq!(key.param_set(), set);
        assert_eq!(key, secret(&dir, "root").public_key());
        assert_eq!(
            podpis_gost::PublicKey::from_spki_der(&certificate.public_key_der()).unwrap(),
            key
        );
        certificate.signed_by(&certificate).unwrap();
        assert_eq!(certificate.subject_text(), "O=Podpis, CN=root");
        assert!(certificate.is_valid_at(certificate.not_after()));
        let late = Timestamp::from_unix(certificate.not_after().unix() + 1);
        assert!(!certificate.is_valid_at(late));

        // A seal is no place for a key that signs over Streebog.
        assert!(matches!(
            Algorithm::of(&certificate),
            Err(CmsError::Unsupported(_))
        ));

        // No bit of what is signed, nor of the signature, may differ.
        let der = certificate.der();
        for position in [der.len() / 3, der.len() - 1, der.len() - 70] {
            let mut broken = der.to_vec();
            broken[position] ^= 1;
            if let Ok(broken) = Certificate::from_der(&broken) {
                assert_ne!(broken.signed_by(&certificate), Ok(()), "{position}");
            }
        }
    }
}

#[test]
fn chains_of_gost_certificates_are_validated() {
    let dir = Dir::new();
    for (algorithm, set, leaf_set) in [("gost2012_256", "TCA", "XA"), ("gost2012_512", "A", "B")] {
        let root = engine_party(&dir, "root", algorithm, set, &CA);
        let foreign = engine_party(&dir, "foreign", algorithm, set, &CA);
        let middle = issued(&dir, "root", "middle", (algorithm, set), &CA);
        let leaf = issued(&dir, "middle", "leaf", (algorithm, leaf_set), &SEAL);
        let now = leaf.not_before();
        let path = |roots: &[Certificate], at| {
            validate(
                &leaf,
                std::slice::from_ref(&middle),
                roots,
                at,
                Purpose::Seal,
            )
        };
        let roots = [root.clone()];
        assert_eq!(
            path(&roots, now).unwrap(),
            [leaf.clone(), middle.clone(), root]
        );
        assert!(matches!(
            path(&[foreign], now),
            Err(ChainError::UnknownIssuer(_))
        ));
        let late = Timestamp::from_unix(leaf.not_after().unix() + 1);
        assert!(matches!(path(&roots, late), Err(ChainError::Expired(_))));

        // The same name above, another key.
        let impostor = engine_party(&dir, "root", algorithm, set, &CA);
        assert!(matches!(
            path(&[impostor], now),
            Err(ChainError::BadSignature(_))
        ));
    }
}

#[test]
fn signatures_of_the_engine_hold() {
    let dir = Dir::new();
    dir.write("content", CONTENT);
    for (set, algorithm, name, hash) in SETS {
        let certificate = engine_party(&dir, "leaf", algorithm, name, &SEAL);
        for arguments in [
            "",
            "-cades",
            "-noattr",
            "-nodetach",
            "-nodetach -noattr",
            "-keyid",
        ] {
            dir.openssl(&format!(
                "cms -engine gost -sign -binary -in content -signer leaf.pem -inkey leaf.key -md {hash} -outform DER \
                 -out theirs.der {arguments}"
            ));
            let theirs = dir.read("theirs.der");
            let parsed = SignedData::parse_bare(&theirs).unwrap();
            let verified = parsed.verify(digest).unwrap();
            assert_eq!(verified.signer, certificate);
            assert_eq!(verified.names_certificate, arguments.contains("-cades"));
            let expected = match set.size() {
                32 => (Scheme::Gost256, HashKind::Streebog256),
                _ => (Scheme::Gost512, HashKind::Streebog512),
            };
            assert_eq!(
                (verified.algorithm.scheme, verified.algorithm.hash),
                expected
            );
            assert_eq!(parsed.content().is_some(), arguments.contains("-nodetach"));
            assert!(parsed.verify(|kind| kind.digest(b"another")).is_err());

            // The strict reader wants signed attributes.
            let bare = arguments.contains("-noattr");
            assert_eq!(SignedData::parse(&theirs).is_err(), bare);
            // A seal of ours looks otherwise.
            assert!(parsed.strict().is_err());

            let signature = verified.signature;
            let place = theirs
                .windows(signature.len())
                .position(|window| window == signature)
                .unwrap();
            for position in [place, place + signature.len() - 1] {
                let mut broken = theirs.clone();
                broken[position] ^= 0x10;
                let outcome = SignedData::parse_bare(&broken).unwrap().verify(digest);
                assert_eq!(outcome.unwrap_err(), CmsError::Signature);
            }
            // Halves and bytes in another order are no signature.
            for wrong in [
                [&signature[set.size()..], &signature[..set.size()]].concat(),
                signature.iter().rev().copied().collect(),
            ] {
                let broken = [&theirs[..place], &wrong, &theirs[place + wrong.len()..]].concat();
                let outcome = SignedData::parse_bare(&broken).unwrap().verify(digest);
                assert_eq!(outcome.unwrap_err(), CmsError::Signature);
            }
        }
    }
}

#[test]
fn certificates_and_signatures_made_here_satisfy_openssl() {
    let dir = Dir::new();
    dir.write("content", CONTENT);
    dir.write("other", b"another");
    let (from, until) = (at("2025-01-01T00:00:00Z"), at("2055-01-01T00:00:00Z"));
    for (set, algorithm, name, _) in SETS {
        dir.openssl(&format!(
            "genpkey -engine gost -algorithm {algorithm} -pkeyopt paramset:{name} -out ours.key"
        ));
        let key = secret(&dir, "ours");
        let pem = make::gost_certificate("Информационная система", &key, 77, from, until).unwrap();
        let certificate = one(&pem);
        assert_eq!(certificate.gost_key().unwrap(), key.public_key());
        assert_eq!(certificate.gost_key().unwrap().param_set(), set);
        assert_eq!(certificate.subject_text(), "CN=Информационная система");
        assert_eq!(
            (certificate.not_before(), certificate.not_after()),
            (from, until)
        );
        assert_eq!(certificate.serial_hex(), "4d");
        certificate.signed_by(&certificate).unwrap();
        dir.write("ours.pem", &pem);
        dir.openssl("verify -engine gost -check_ss_sig -CAfile ours.pem ours.pem");

        let detached = Detached::new(CONTENT, &certificate, at("2026-05-01T10:00:00Z")).unwrap();
        let cms = detached.finish(&key.sign(detached.message())).unwrap();
        dir.write("ours.der", &cms);
        let verify = "cms -engine gost -verify -binary -inform DER -in ours.der -CAfile ours.pem -purpose any -out out";
        dir.openssl(&format!("{verify} -content content"));
        assert!(!dir.try_openssl(&format!("{verify} -content other")).0);

        let verified = SignedData::parse(&cms).unwrap().verify(digest).unwrap();
        assert_eq!(verified.signer, certificate);
        assert_eq!(verified.signing_time, Some(at("2026-05-01T10:00:00Z")));

        // Every byte of the signature counts, for us and, at a few places, for OpenSSL.
        let place = cms.len() - 2 * set.size();
        for position in place..cms.len() {
            let mut broken = cms.clone();
            broken[position] ^= 1;
            let outcome = SignedData::parse(&broken).unwrap().verify(digest);
            assert_eq!(outcome.unwrap_err(), CmsError::Signature);
            if position == place {
                dir.write("ours.der", &broken);
                assert!(!dir.try_openssl(&format!("{verify} -content content")).0);
            }
        }
    }
}

#[test]
fn a_time_stamp_by_gost_is_taken() {
    let dir = Dir::new();
    let root = engine_party(&dir, "tsa-root", "gost2012_256", "TCA", &CA);
    let leaf = issued(&dir, "tsa-root", "tsa", ("gost2012_256", "XA"), &TSA);
    dir.write("serial", "01");
    dir.write(
        "tsa.cnf",
        "[tsa]\ndefault_tsa = t\n[t]\nserial = serial\ndefault_policy = 1.2.3.4.1\ndigests = sha256\n\
         signer_digest = md_gost12_256\ness_cert_id_alg = sha256\n",
    );
    let sha256: [u8; 32] = HashKind::Sha256.digest(CONTENT).try_into().unwrap();
    dir.write("request.tsq", tsp::request(&sha256, 7).unwrap());
    dir.openssl(
        "ts -reply -engine gost -config tsa.cnf -section t -queryfile request.tsq -signer tsa.pem -inkey tsa.key \
         -out response.tsr",
    );
    let answer = dir.read("response.tsr");
    let roots = [root];
    let (token, stamp) = tsp::accept(&answer, &sha256, 7, &roots).unwrap();
    assert_eq!(stamp.signer, leaf);
    tsp::strict_token(&token, CONTENT).unwrap();
    assert_eq!(tsp::check_token(&token, &sha256).unwrap().time, stamp.time);
    // The last byte is the signature's.
    let broken = [&token[..token.len() - 1], &[token[token.len() - 1] ^ 1]].concat();
    assert!(tsp::check_token(&broken, &sha256).is_err());
}

#[test]
fn a_detached_signature_is_by_the_certificates_key_or_not_at_all() {
    let (from, until) = (at("2025-01-01T00:00:00Z"), at("2055-01-01T00:00:00Z"));
    let key = |byte: u8| SecretKey::from_bytes(ParamSet::CryptoProXchA, &[byte; 32]).unwrap();
    let certificate = one(&make::gost_certificate("x", &key(1), 1, from, until).unwrap());
    let detached = Detached::new(CONTENT, &certificate, from).unwrap();
    let good = key(1).sign(detached.message());
    let reversed: Vec<u8> = good.iter().rev().copied().collect();
    for wrong in [
        &key(2).sign(detached.message()),
        &reversed,
        &good[1..].to_vec(),
        &Vec::new(),
    ] {
        assert_eq!(detached.finish(wrong).unwrap_err(), CmsError::Signature);
    }
    detached.finish(&good).unwrap();
}

#[test]
fn detached_signatures_of_other_keys_stand_on_sha256() {
    for algorithm in [Algorithm::EcdsaP256Sha256, Algorithm::RsaSha256] {
        let dir = Dir::new();
        let party = dir.party(algorithm);
        let detached = Detached::new(CONTENT, &party.leaf, party.leaf.not_before()).unwrap();
        let signature = party.key.sign(detached.message()).unwrap();
        dir.write("ours.der", detached.finish(&signature).unwrap());
        dir.write("content", CONTENT);
        dir.write(
            "ca.pem",
            [dir.read("middle.pem"), dir.read("root.pem")].concat(),
        );
        dir.openssl(
            "cms -verify -binary -inform DER -in ours.der -CAfile ca.pem -content content -purpose any -out out",
        );
    }
}

#[test]
fn withdrawn_algorithms_are_named() {
    let dir = Dir::new();
    let certificate = engine_party(&dir, "old", "gost2001", "A", &SEAL);
    assert!(certificate.gost_key().is_none());
    assert_eq!(
        certificate.signed_by(&certificate).unwrap_err(),
        CmsError::Unsupported("1.2.643.2.2.3 (GOST R 34.10-2001, withdrawn)".into())
    );
    dir.write("content", CONTENT);
    dir.openssl(
        "cms -engine gost -sign -binary -in content -signer old.pem -inkey old.key -md md_gost94 -outform DER -out old.der",
    );
    assert_eq!(
        SignedData::parse(&dir.read("old.der"))
            .unwrap()
            .verify(digest)
            .unwrap_err(),
        CmsError::Unsupported("1.2.643.2.2.9 (GOST R 34.11-94, withdrawn)".into())
    );
}

#[test]
fn the_other_name_of_the_algorithm_is_read() {
    // CryptoPro names the algorithm with its hash; one byte tells the two apart.
    let (from, until) = (at("2025-01-01T00:00:00Z"), at("2055-01-01T00:00:00Z"));
    let key = SecretKey::from_bytes(ParamSet::CryptoProXchA, &[1; 32]).unwrap();
    let certificate = one(&make::gost_certificate("x", &key, 1, from, until).unwrap());
    let detached = Detached::new(CONTENT, &certificate, from).unwrap();
    let mut cms = detached.finish(&key.sign(detached.message())).unwrap();
    let oid = b"\x06\x08\x2a\x85\x03\x07\x01\x01\x01\x01";
    let place = cms
        .windows(oid.len())
        .rposition(|window| window == oid)
        .unwrap();
    cms[place + 8..place + 10].copy_from_slice(&[3, 2]);
    let parsed = SignedData::parse(&cms).unwrap();
    assert_eq!(
        parsed.signer().unwrap().signature_oid(),
        "1.2.643.7.1.1.3.2"
    );
    parsed.verify(digest).unwrap();
    // The other size is another algorithm.
    cms[place + 9] = 3;
    assert!(SignedData::parse(&cms).unwrap().verify(digest).is_err());
}
