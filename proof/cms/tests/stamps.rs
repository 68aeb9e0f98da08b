//! Time stamps of OpenSSL's `ts`: accepted when right, refused one by one.

mod common;

use common::{Authority, CA, Dir, TSA};
use podpis_cms::chain::{ChainError, Purpose, validate, validate_exact};
use podpis_cms::tsp::{self, TspError};
use podpis_cms::{Algorithm, CmsError, SignedData};

const EC: Algorithm = Algorithm::EcdsaP256Sha256;
const SHA256: [u8; 32] = [0x5a; 32];
const NONCE: u64 = u64::MAX;

#[test]
fn a_stamp_of_either_kind_is_accepted_and_brought_into_one_form() {
    for algorithm in [EC, Algorithm::RsaSha256] {
        let dir = Dir::new();
        let authority = Authority::new(&dir, algorithm, &TSA);
        let answer = authority.answer(&tsp::request(&SHA256, NONCE).unwrap());
        let token = tsp::token_from_response(&answer, &SHA256, NONCE).unwrap();
        let stamp = tsp::check_token(&token, &SHA256).unwrap();
        assert_eq!(stamp.signer, dir.certificate("tsa"));
        assert_eq!(stamp.policy, "1.2.3.4.1");
        assert_eq!(stamp.serial, "02");
        // The root came with the answer; the token has no place for it.
        assert!(stamp.others.is_empty() && token.len() < answer.len());

        let roots = [dir.certificate("tsa-root")];
        validate(
            &stamp.signer,
            &stamp.others,
            &roots,
            stamp.time,
            Purpose::TimeStamp,
        )
        .unwrap();

        // The judge of the judge: OpenSSL still takes the token in our form.
        dir.write("token.der", &token);
        let digest = podpis_shared::hash::hex(&SHA256);
        dir.openssl(&format!(
            "ts -verify -digest {digest} -token_in -in token.der -CAfile tsa-root.pem"
        ));
    }
}

#[test]
fn openssl_reads_the_request() {
    let dir = Dir::new();
    dir.write("request.tsq", tsp::request(&SHA256, 0x1234).unwrap());
    let said = dir.openssl("ts -query -in request.tsq -text");
    for part in [
        "Version: 1",
        "sha256",
        "Nonce: 0x1234",
        "Certificate required: yes",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_stamp_for_something_else_is_refused() {
    let dir = Dir::new();
    let authority = Authority::new(&dir, EC, &TSA);
    let answer = authority.answer(&tsp::request(&SHA256, NONCE).unwrap());
    let token = |sha256, nonce| tsp::token_from_response(&answer, sha256, nonce);
    assert!(token(&SHA256, NONCE).is_ok());
    assert_eq!(token(&SHA256, NONCE - 1), Err(TspError::Nonce));
    assert_eq!(token(&[0; 32], NONCE), Err(TspError::Imprint));
    let token = token(&SHA256, NONCE).unwrap();
    assert_eq!(
        tsp::check_token(&token, &[0; 32]).unwrap_err(),
        TspError::Imprint
    );
    // An answer without a nonce may be an old one.
    dir.openssl(&format!(
        "ts -query -digest {} -sha256 -no_nonce -cert -out old.tsq",
        podpis_shared::hash::hex(&SHA256)
    ));
    let old = authority.answer(&dir.read("old.tsq"));
    assert_eq!(
        tsp::token_from_response(&old, &SHA256, NONCE),
        Err(TspError::Nonce)
    );
}

#[test]
fn a_refusal_is_told_with_its_status() {
    let dir = Dir::new();
    let authority = Authority::new(&dir, EC, &TSA);
    // A hash that this authority does not take.
    dir.openssl(
        "ts -query -digest 0000000000000000000000000000000000000000 -sha1 -cert -out sha1.tsq",
    );
    let refused = authority.answer(&dir.read("sha1.tsq"));
    assert_eq!(
        tsp::token_from_response(&refused, &SHA256, NONCE),
        Err(TspError::Refused(2))
    );
}

#[test]
fn the_certificate_must_be_there_and_for_time_stamps() {
    let dir = Dir::new();
    let authority = Authority::new(&dir, EC, &TSA);
    let digest = podpis_shared::hash::hex(&SHA256);
    dir.openssl(&format!("ts -query -digest {digest} -sha256 -out bare.tsq"));
    let answer = authority.answer(&dir.read("bare.tsq"));
    assert!(matches!(
        tsp::token_from_response(&answer, &SHA256, NONCE),
        Err(TspError::Signature(CmsError::NoCertificate))
    ));

    // OpenSSL makes no stamps with a certificate that is not for it, so the stamp's content is signed as plain CMS.
    let token = authority.token(&SHA256).unwrap();
    dir.write(
        "info",
        SignedData::parse(&token).unwrap().content().unwrap(),
    );
    let lax = [TSA[1], "extendedKeyUsage=timeStamping"];
    for (name, extensions, fit) in [
        ("right", &TSA[..], true),
        ("seal", &common::SEAL, false),
        ("lax", &lax, false),
    ] {
        dir.below("tsa-root", name, EC, extensions);
        dir.openssl(&format!(
            "cms -sign -binary -nodetach -cades -in info -econtent_type 1.2.840.113549.1.9.16.1.4 \
             -signer {name}.pem -inkey {name}.key -outform DER -out token.der"
        ));
        let outcome = tsp::check_token(&dir.read("token.der"), &SHA256).map(|_| ());
        assert_eq!(outcome, if fit { Ok(()) } else { Err(TspError::Purpose) });
    }
}

#[test]
fn an_authority_that_expired_or_is_unknown_is_refused() {
    let dir = Dir::new();
    let authority = Authority::new(&dir, EC, &TSA);
    let stamp = tsp::check_token(&authority.token(&SHA256).unwrap(), &SHA256).unwrap();
    let trust = |root: &str, at| {
        let roots = [dir.certificate(root)];
        validate(&stamp.signer, &stamp.others, &roots, at, Purpose::TimeStamp)
    };
    assert!(trust("tsa-root", stamp.time).is_ok());
    assert!(matches!(
        trust("tsa-root", stamp.signer.not_after().plus(1)),
        Err(ChainError::Expired(_))
    ));
    dir.root("stranger", EC, &CA);
    assert!(matches!(
        trust("stranger", stamp.time),
        Err(ChainError::UnknownIssuer(_))
    ));
}

#[test]
fn no_answer_makes_it_panic_nor_gives_another_token() {
    let dir = Dir::new();
    let authority = Authority::new(&dir, EC, &TSA);
    let answer = authority.answer(&tsp::request(&SHA256, NONCE).unwrap());
    let roots = [dir.certificate("tsa-root")];
    let accept = |answer: &[u8]| tsp::accept(answer, &SHA256, NONCE, &roots);
    let (token, _) = accept(&answer).unwrap();
    for position in 0..answer.len() {
        for turned in [0x01, 0x20, 0x80, 0xff] {
            let mut broken = answer.clone();
            broken[position] ^= turned;
            // A flip may be harmless in what the signature does not cover, such as the root that came along.
            if let Ok((same, _)) = accept(&broken) {
                assert!(same == token, "byte {position}");
            }
        }
        assert!(accept(&answer[..position]).is_err());
    }
}

#[test]
fn an_intermediate_stays_and_a_crossed_root_does_not() {
    let dir = Dir::new();
    let root = dir.root("tsa-root", EC, &CA);
    let middle = dir.below("tsa-root", "middle", EC, &CA);
    dir.below("middle", "tsa", EC, &TSA);
    // The same root under an elder one, as authorities send it along for old clients.
    dir.root("elder", EC, &CA);
    dir.write("crossed.key", dir.read("tsa-root.key"));
    let crossed = dir.issue("elder", "crossed", "tsa-root", &CA, "-days 100");
    let authority = Authority::of(&dir, "tsa");
    dir.write("chain.pem", middle.to_pem() + &crossed.to_pem());
    let answer = authority.answer(&tsp::request(&SHA256, NONCE).unwrap());

    let roots = [root];
    let (token, stamp) = tsp::accept(&answer, &SHA256, NONCE, &roots).unwrap();
    assert_eq!(stamp.others, [middle]);
    let exact = |token: &[u8]| {
        let stamp = tsp::check_token(token, &SHA256).unwrap();
        validate_exact(
            &stamp.signer,
            &stamp.others,
            &roots,
            stamp.time,
            Purpose::TimeStamp,
        )
    };
    assert!(exact(&token).is_ok());
    let whole = tsp::token_from_response(&answer, &SHA256, NONCE).unwrap();
    assert_eq!(
        exact(&whole).unwrap_err(),
        ChainError::Unused(crossed.subject_text())
    );
}

#[test]
fn older_and_stronger_hashes_of_an_authority_are_read() {
    for algorithm in [EC, Algorithm::RsaSha256] {
        let dir = Dir::new();
        let authority = Authority::new(&dir, algorithm, &TSA);
        let usual = dir.text("tsa.cnf");
        for (from, to) in [
            // The certificate named by SHA-1 (RFC 2634), as before RFC 5816.
            ("ess_cert_id_alg = sha256", "ess_cert_id_alg = sha1"),
            ("ess_cert_id_alg = sha256", "ess_cert_id_alg = sha512"),
            ("signer_digest = sha256", "signer_digest = sha384"),
            ("signer_digest = sha256", "signer_digest = sha512"),
        ] {
            dir.write("tsa.cnf", usual.replace(from, to));
            let token = authority.token(&SHA256).unwrap();
            let stamp = tsp::check_token(&token, &SHA256).unwrap();
            assert_eq!(stamp.signer, dir.certificate("tsa"), "{to}");
        }
    }
}
