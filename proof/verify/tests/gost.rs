//! GOST R 34.10-2012: ESIA's token under its certificate, and the clinic's signature beside the file.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{
    CONSENT, NOW, Operator, SIGNED, assert_forged, assert_valid, at, found, nothing, token,
};
use podpis_cms::{Certificate, Detached, make};
use podpis_evidence::Trust;
use podpis_gost::{ParamSet, SecretKey};
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use podpis_verify::{CheckId, Input, Outcome, Report, verify};
use serde_json::Value;

const GOST: &str = "GOST3410_2012_256";

fn key(seed: u8) -> SecretKey {
    SecretKey::from_bytes(ParamSet::CryptoProXchA, &[seed; 32]).unwrap()
}

fn certificate(key: &SecretKey, from: &str, until: &str) -> String {
    make::gost_certificate("ESIA", key, 1, at(from), at(until)).unwrap()
}

/// ESIA's certificate of the year of the signature.
fn esia() -> String {
    certificate(&key(1), "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")
}

fn token_by(key: &SecretKey, alg: &str) -> String {
    let rs256 = token::sign_as(alg, token::ESIA, &token::claims());
    let (message, _) = rs256.rsplit_once('.').unwrap();
    let signature = key.sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The report on a bundle with this token, checked with this certificate, which is what the trust list holds.
fn report(token: &str, key_pem: &str, trusted: &[String]) -> Report {
    let operator = Operator::new();
    let trust = Trust {
        esia_keys: trusted.to_vec(),
        ..operator.trust()
    };
    let mut bundle = operator.bundle();
    let esia = &mut bundle["signatures"][0]["esia"];
    esia["id_token"] = token.into();
    esia["key_pem"] = key_pem.into();
    esia["key_sha256"] = sha256_of(key_pem);
    let pdf = operator.signed_with(bundle);
    verify(Input {
        pdf: &pdf,
        trust: Some(&trust),
        ..nothing()
    })
}

fn sha256_of(pem: &str) -> Value {
    let der = match podpis_gost::PublicKey::from_pem(pem) {
        Ok(key) => key.to_spki_der(),
        Err(_) => Certificate::from_pem_many(pem).unwrap()[0].public_key_der(),
    };
    sha256_hex(&der).into()
}

#[test]
fn a_token_of_esias_gost_key_holds() {
    let token = token_by(&key(1), GOST);
    let bare = key(1).public_key().to_pem();
    let rsa = token::ESIA_PUBLIC.to_owned();
    // With the certificate or the bare key, in the bundle and in the list, alone or among others.
    for (own, trusted) in [
        (esia(), vec![esia()]),
        (bare.clone(), vec![rsa.clone(), esia()]),
        (esia(), vec![rsa, bare]),
    ] {
        let report = report(&token, &own, &trusted);
        assert_valid(&report);
        let check = found(&report, CheckId::EsiaToken);
        assert!(check.details.iter().any(|fact| fact.value == GOST));
    }
}

#[test]
fn a_changed_token_or_signature_is_a_forgery() {
    let token = token_by(&key(1), GOST);
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut flipped = signature.clone();
    flipped[40] ^= 1;
    let reversed: Vec<u8> = signature.iter().rev().copied().collect();
    let swapped = [&signature[32..], &signature[..32]].concat();
    for wrong in [&flipped[..], &reversed, &swapped, &signature[1..], &[]] {
        let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(wrong));
        assert_forged(&report(&token, &esia(), &[esia()]), &[CheckId::EsiaToken]);
    }
    // The header with another blank in it says the same, and was not signed.
    let (_, payload) = message.split_once('.').unwrap();
    let header = r#"{"ver":0, "typ":"JWT","sbt":"id","alg":"GOST3410_2012_256"}"#;
    let token = format!(
        "{}.{payload}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(&signature)
    );
    assert_forged(&report(&token, &esia(), &[esia()]), &[CheckId::EsiaToken]);
}

#[test]
fn a_token_of_a_foreign_key_is_a_forgery() {
    let foreign = certificate(&key(2), "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    let token = token_by(&key(2), GOST);
    // The bundle brings its own certificate, or names ESIA's.
    for own in [&foreign, &esia()] {
        assert_forged(&report(&token, own, &[esia()]), &[CheckId::EsiaToken]);
    }
    // Both are trusted, but the bundle names the other one.
    let both = [esia(), foreign];
    assert_forged(&report(&token, &esia(), &both), &[CheckId::EsiaToken]);
}

#[test]
fn the_algorithm_is_the_keys() {
    for alg in ["RS256", "GOST3410_2012_512", "none"] {
        let token = token_by(&key(1), alg);
        assert_forged(&report(&token, &esia(), &[esia()]), &[CheckId::EsiaToken]);
    }
}

#[test]
fn a_certificate_out_of_date_signs_nothing() {
    let token = token_by(&key(1), GOST);
    let old = certificate(&key(1), "2025-01-01T00:00:00Z", "2026-11-30T23:59:59Z");
    let future = certificate(&key(1), "2026-12-01T11:05:32Z", "2028-01-01T00:00:00Z");
    let to_the_second = certificate(&key(1), SIGNED, SIGNED);
    for wrong in [&old, &future] {
        let report = report(&token, wrong, std::slice::from_ref(wrong));
        assert_forged(&report, &[CheckId::EsiaToken]);
        let check = found(&report, CheckId::EsiaToken);
        assert!(check.text.contains("не действовал"), "{check:?}");
    }
    assert_valid(&report(
        &token,
        &to_the_second,
        std::slice::from_ref(&to_the_second),
    ));
    // The same key with its certificate of the year before and with the one of this year.
    assert_valid(&report(&token, &esia(), &[old, esia()]));
}

#[test]
fn without_a_list_the_mathematics_are_checked_still() {
    let operator = Operator::new();
    let good = token_by(&key(1), GOST);
    for (token, result) in [
        (good, Outcome::Unchecked),
        (token_by(&key(2), GOST), Outcome::Fail),
    ] {
        let mut bundle = operator.bundle();
        let part = &mut bundle["signatures"][0]["esia"];
        part["id_token"] = token.into();
        part["key_pem"] = esia().into();
        part["key_sha256"] = sha256_of(&esia());
        let pdf = operator.signed_with(bundle);
        let report = verify(Input {
            pdf: &pdf,
            ..nothing()
        });
        assert_eq!(found(&report, CheckId::EsiaToken).result, result);
    }
}

/// The report on a plain file with this signature of the clinic beside it.
fn beside(sig: &[u8], now: Timestamp) -> Report {
    let operator = Operator::new();
    let trust = operator.trust();
    verify(Input {
        pdf: &operator.signed(),
        clinic_signature: Some(sig),
        trust: Some(&trust),
        now,
        ..nothing()
    })
}

#[test]
fn a_clinics_gost_signature_is_checked() {
    let sig = include_bytes!("fixtures/gost.sig");
    let report = beside(sig, at(NOW));
    assert_valid(&report);
    let check = found(&report, CheckId::ClinicSignature);
    assert_eq!(check.result, Outcome::Pass);
    for words in [
        "исходный документ",
        "сертификат действовал",
        "не проверяется",
    ] {
        assert!(check.text.contains(words), "{check:?}");
    }
    let algorithm = "GOST R 34.10-2012 (256), Streebog-256";
    assert!(check.details.iter().any(|fact| fact.value == algorithm));
    // Whether it is a qualified one is not for this program to say.
    assert_eq!(
        found(&report, CheckId::Qualified).result,
        Outcome::Unchecked
    );

    // The last 64 bytes are the signature.
    for back in [1, 32, 64] {
        let mut flipped = sig.to_vec();
        let place = flipped.len() - back;
        flipped[place] ^= 1;
        assert_forged(&beside(&flipped, at(NOW)), &[CheckId::ClinicSignature]);
    }
}

#[test]
fn a_clinics_certificate_holds_at_the_time_that_the_clinic_names() {
    let signed = |set, from: &str, until: &str, named: &str| {
        let key = SecretKey::from_bytes(set, &vec![7; set.size()]).unwrap();
        let made = make::gost_certificate("Клиника", &key, 5, at(from), at(until)).unwrap();
        let leaf = Certificate::from_pem_many(&made).unwrap().remove(0);
        let detached = Detached::new(CONSENT, &leaf, at(named)).unwrap();
        detached.finish(&key.sign(detached.message())).unwrap()
    };
    let (from, until) = ("2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z");
    for &set in ParamSet::ALL {
        // The certificate ran out since then.
        assert_valid(&beside(&signed(set, from, until, SIGNED), at(NOW)));
        for named in ["2025-12-31T23:59:59Z", "2026-12-31T00:00:01Z"] {
            let report = beside(&signed(set, from, until, named), at(NOW));
            assert_forged(&report, &[CheckId::ClinicSignature]);
        }
    }
}

#[test]
fn without_a_time_the_certificate_is_looked_at_now() {
    // A seal of ours names no time; its certificate is of 2026 and 2027.
    let sig = common::clinic_signature(CONSENT);
    let operator = Operator::new();
    let pdf = operator.signed();
    let trust = operator.trust();
    let clinic = |now: &str| {
        let report = verify(Input {
            pdf: &pdf,
            clinic_signature: Some(&sig),
            trust: Some(&trust),
            now: at(now),
            ..nothing()
        });
        found(&report, CheckId::ClinicSignature).result
    };
    assert_eq!(clinic(NOW), Outcome::Pass);
    assert_eq!(clinic("2028-02-01T00:00:00Z"), Outcome::Unchecked);
}
