//! Forgeries of what is told beside the document: bundle, token, journal, newer bundle, the clinic's signature.
//!
//! Most of them lie under a genuine seal: so that what stops them is the check that is meant, not the seal.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;

use common::log::Log;
use common::update::{soon, time_stamped};
use common::{
    CONSENT, NOW, Operator, SIGNED, assert_forged, at, check, clinic_signature, found, nothing,
    token,
};
use podpis_evidence::{EvidenceKey, canonical, sign};
use podpis_journal::NoteKey;
use podpis_shared::hash::sha256_hex;
use podpis_verify::{CheckId, Input, Outcome, Report, Verdict, verify};
use serde_json::{Value, json};

/// The report on a file whose sealed bundle was changed before it was signed.
fn with(edit: impl FnOnce(&mut Value)) -> Report {
    let operator = Operator::new();
    let mut bundle = operator.bundle();
    edit(&mut bundle);
    check(&operator, &operator.signed_with(bundle))
}

/// The report on a file whose token has other claims.
fn with_claims(edit: impl FnOnce(&mut Value)) -> Report {
    let mut claims = token::claims();
    edit(&mut claims);
    with_token(token::sign(token::ESIA, &claims))
}

fn with_token(token: String) -> Report {
    with(|bundle| bundle["signatures"][0]["esia"]["id_token"] = token.into())
}

#[test]
fn evidence_of_another_document() {
    let mut other = Operator::new();
    other.original.extend(b"% another one\n");
    other.log = Log::of_a_document("doc_1", &sha256_hex(&other.original));
    let operator = Operator::new();
    let report = check(&operator, &operator.signed_with(other.bundle()));
    assert_forged(
        &report,
        &[
            CheckId::OriginalUnchanged,
            CheckId::DocumentHash,
            CheckId::EvidenceDocument,
        ],
    );
}

#[test]
fn hashes_of_another_document() {
    let report = with(|bundle| bundle["document"]["streebog256"] = "0".repeat(64).into());
    assert_forged(
        &report,
        &[
            CheckId::DocumentHash,
            CheckId::EvidenceDocument,
            CheckId::BrowserHash,
        ],
    );
}

#[test]
fn an_upload_of_another_document_in_the_journal() {
    let mut operator = Operator::new();
    operator.log = Log::of_a_document("doc_1", &sha256_hex(b"another"));
    let report = check(&operator, &operator.signed());
    assert_forged(&report, &[CheckId::EvidenceDocument]);
}

#[test]
fn two_patients_or_none() {
    let report = with(|bundle| {
        let again = bundle["signatures"][0].clone();
        bundle["signatures"].as_array_mut().unwrap().push(again);
    });
    assert_forged(&report, &[CheckId::EvidenceDocument]);
    let report = with(|bundle| bundle["signatures"] = json!([]));
    assert_eq!(report.verdict, Verdict::Invalid);
}

#[test]
fn the_browser_saw_something_else() {
    let report =
        with(|bundle| bundle["signatures"][0]["browser"]["sha256"] = "0".repeat(64).into());
    assert_forged(&report, &[CheckId::BrowserHash]);
}

#[test]
fn a_bundle_signed_again_under_another_key() {
    let operator = Operator::new();
    let evidence = sign(operator.bundle(), &EvidenceKey::from_seed([66; 32])).unwrap();
    let file = operator.sealed(&canonical(&evidence).unwrap(), at(SIGNED), |_| None);
    assert_forged(&check(&operator, &file), &[CheckId::EvidenceSignature]);
}

#[test]
fn a_bundle_changed_after_it_was_signed() {
    let operator = Operator::new();
    let mut evidence = sign(operator.bundle(), &operator.evidence).unwrap();
    evidence["clinic"]["name"] = "Другая клиника".into();
    let file = operator.sealed(&canonical(&evidence).unwrap(), at(SIGNED), |_| None);
    assert_forged(&check(&operator, &file), &[CheckId::EvidenceSignature]);
}

#[test]
fn a_bundle_without_a_signature() {
    let operator = Operator::new();
    let file = operator.sealed(&canonical(&operator.bundle()).unwrap(), at(SIGNED), |_| {
        None
    });
    assert_forged(&check(&operator, &file), &[CheckId::EvidenceSignature]);
}

#[test]
fn a_bundle_that_hides_something() {
    // A doubled name, of which readers take the first or the last; blanks say the same.
    let operator = Operator::new();
    let genuine = String::from_utf8(operator.evidence(operator.bundle())).unwrap();
    let doubled = genuine.replacen(
        "{\"as_of\"",
        "{\"as_of\":\"2020-01-01T00:00:00Z\",\"as_of\"",
        1,
    );
    assert_ne!(genuine, doubled);
    for evidence in [doubled, format!(" {genuine}")] {
        let file = operator.sealed(evidence.as_bytes(), at(SIGNED), |_| None);
        let report = check(&operator, &file);
        assert_eq!(report.verdict, Verdict::Invalid, "{report:#?}");
    }
}

#[test]
fn evidence_that_is_none() {
    let operator = Operator::new();
    for evidence in [
        &b"{}"[..],
        b"",
        b"[[[[",
        b"{\"format\":\"podpis-evidence/2\"}",
    ] {
        let file = operator.sealed(evidence, at(SIGNED), |_| None);
        assert_forged(&check(&operator, &file), &[CheckId::EvidenceDocument]);
    }
}

#[test]
fn a_token_of_another_person() {
    let report = with_claims(|claims| {
        claims["sub"] = 1_000_299_354_u64.into();
        claims["urn:esia:sbj"]["urn:esia:sbj:oid"] = 1_000_299_354_u64.into();
    });
    assert_forged(&report, &[CheckId::EsiaPerson]);
}

#[test]
fn a_token_of_two_persons() {
    let report = with_claims(|claims| claims["sub"] = 1_000_299_354_u64.into());
    assert_forged(&report, &[CheckId::EsiaPerson]);
}

#[test]
fn another_name_than_esia_gave() {
    let report =
        with(|bundle| bundle["signatures"][0]["signer"]["name"] = "Петрова Мария Петровна".into());
    assert_forged(&report, &[CheckId::EsiaPerson]);
    let report = with(|bundle| bundle["signatures"][0]["esia"]["birth_date"] = "1985-03-13".into());
    assert_forged(&report, &[CheckId::EsiaPerson]);
}

#[test]
fn a_token_that_esia_did_not_sign() {
    let mine = token::sign(token::OTHER, &token::claims());
    let report = with(|bundle| {
        let esia = &mut bundle["signatures"][0]["esia"];
        esia["id_token"] = mine.into();
        // The bundle brings the forger's key along: it is not believed.
        esia["key_pem"] = token::OTHER_PUBLIC.into();
        esia["key_sha256"] = token::key_sha256(token::OTHER_PUBLIC).into();
    });
    assert_forged(&report, &[CheckId::EsiaToken]);
    assert_eq!(
        found(&report, CheckId::EsiaPerson).result,
        Outcome::Unchecked
    );
}

#[test]
fn algorithms_that_esia_does_not_use() {
    // The last one is ESIA's, but not of this key.
    for alg in ["none", "HS256", "rs256", "ES256", "", "GOST3410_2012_256"] {
        let report = with_token(token::sign_as(alg, token::ESIA, &token::claims()));
        assert_forged(&report, &[CheckId::EsiaToken]);
    }
}

#[test]
fn a_token_for_another_purpose() {
    let signed = at(SIGNED).unix();
    let wrong: [(&str, Value); 7] = [
        ("iss", "http://esia.example/".into()),
        ("aud", "OTHER".into()),
        ("exp", (signed - 3600).into()),
        ("iat", (signed + 3600).into()),
        ("nbf", (signed + 3600).into()),
        ("auth_time", (signed - 86_400).into()),
        ("auth_time", (signed + 3600).into()),
    ];
    for (name, value) in wrong {
        let report = with_claims(|claims| claims[name] = value);
        assert_forged(&report, &[CheckId::EsiaToken]);
    }
}

#[test]
fn a_token_of_an_unconfirmed_account() {
    for (name, value) in [
        ("is_tru", json!(false)),
        ("is_tru", Value::Null),
        ("lvl", json!("P")),
    ] {
        let report =
            with_claims(|claims| claims["urn:esia:sbj"][format!("urn:esia:sbj:{name}")] = value);
        assert_forged(&report, &[CheckId::EsiaToken]);
    }
}

#[test]
fn tokens_that_are_none() {
    for text in ["", ".", "..", "a.b.c", "e30.e30.e30", &"A".repeat(100_000)] {
        let report = with_token(text.to_owned());
        assert_forged(&report, &[CheckId::EsiaToken, CheckId::EsiaPerson]);
    }
}

#[test]
fn a_proof_from_another_tree() {
    let mut other = Operator::new();
    other.log = Log::default();
    other.log.push(
        "doc_1",
        "document.sent",
        json!({"sha256": sha256_hex(CONSENT)}),
    );
    other.log.push("doc_1", "document.opened", json!({}));
    let foreign = other.bundle()["journal"]["entries"].clone();
    let report = with(|bundle| bundle["journal"]["entries"] = foreign);
    assert_forged(&report, &[CheckId::JournalProof]);
}

#[test]
fn entries_changed_moved_or_borrowed() {
    let edits: [fn(&mut Value); 6] = [
        |entries| entries[1]["entry"]["type"] = "document.declined".into(),
        |entries| entries[1]["entry"]["at"] = "2026-12-01T10:59:59Z".into(),
        |entries| entries[0]["seq"] = 12.into(),
        |entries| entries[0]["proof"] = json!([]),
        |entries| entries[0]["leaf_hash"] = "0".repeat(64).into(),
        |entries| entries.as_array_mut().unwrap().reverse(),
    ];
    for edit in edits {
        let report = with(|bundle| edit(&mut bundle["journal"]["entries"]));
        assert_forged(&report, &[CheckId::JournalProof]);
    }
    let report = with(|bundle| bundle["journal"]["entries"] = json!([]));
    assert_forged(&report, &[CheckId::JournalProof]);
}

#[test]
fn a_checkpoint_under_another_key() {
    let operator = Operator::new();
    let forger = NoteKey::from_seed("podpis.test/journal", [66; 32]).unwrap();
    let mut bundle = operator.bundle();
    bundle["journal"] = operator.log.part(&forger);
    let report = check(&operator, &operator.signed_with(bundle));
    assert_forged(&report, &[CheckId::Checkpoint]);
}

#[test]
fn a_checkpoint_changed_after_it_was_signed() {
    let report = with(|bundle| {
        let note = bundle["journal"]["checkpoint"]
            .as_str()
            .unwrap()
            .replacen("/cl_1", "/cl_2", 1);
        bundle["journal"]["checkpoint"] = note.into();
    });
    assert_forged(&report, &[CheckId::Checkpoint]);
    let report = with(|bundle| bundle["journal"]["checkpoint"] = "nothing".into());
    assert_forged(&report, &[CheckId::JournalProof, CheckId::Checkpoint]);
}

/// A genuine file with a newer bundle that was changed before it was signed.
fn newer(key: Option<EvidenceKey>, edit: impl FnOnce(&mut Value)) -> Report {
    let mut operator = Operator::new();
    let file = operator.signed();
    let signed = json!({"sha256": sha256_hex(CONSENT), "signed_sha256": sha256_hex(&file)});
    operator
        .log
        .push("doc_1", "document.patient_signed", signed);
    let mut bundle = operator.bundle();
    bundle["as_of"] = NOW.into();
    edit(&mut bundle);
    let newer = sign(bundle, &key.unwrap_or(EvidenceKey::from_seed([2; 32]))).unwrap();
    let trust = operator.trust();
    verify(Input {
        pdf: &file,
        newer_evidence: Some(&canonical(&newer).unwrap()),
        trust: Some(&trust),
        ..nothing()
    })
}

#[test]
fn newer_bundles_that_do_not_continue_the_sealed_one() {
    common::assert_valid(&newer(None, |_| {}));
    let edits: [fn(&mut Value); 9] = [
        |bundle| bundle["as_of"] = "2026-12-01T11:05:30Z".into(),
        |bundle| bundle["document"]["id"] = "doc_2".into(),
        |bundle| bundle["document"]["sha256"] = "0".repeat(64).into(),
        |bundle| bundle["clinic"]["id"] = "cl_2".into(),
        |bundle| bundle["signatures"][0]["signer"]["name"] = "Петров Пётр".into(),
        |bundle| bundle["signatures"] = json!([]),
        |bundle| {
            bundle["journal"]["entries"]
                .as_array_mut()
                .unwrap()
                .remove(0);
        },
        // The entry of the signing is missing, or names another file.
        |bundle| {
            bundle["journal"]["entries"].as_array_mut().unwrap().pop();
        },
        |bundle| {
            bundle["journal"]["entries"][2]["entry"]["data"]["signed_sha256"] =
                "0".repeat(64).into()
        },
    ];
    for edit in edits {
        assert_forged(&newer(None, edit), &[CheckId::NewerEvidence]);
    }
}

#[test]
fn a_newer_bundle_under_another_key() {
    let report = newer(Some(EvidenceKey::from_seed([66; 32])), |_| {});
    assert_forged(&report, &[CheckId::NewerEvidence]);
}

#[test]
fn a_journal_rolled_back() {
    // Fewer entries under a checkpoint that the operator itself signed: it cannot take back what it had sealed.
    let operator = Operator::new();
    let file = operator.signed();
    let mut rolled = Operator::new();
    rolled.log = Log::default();
    rolled.log.push(
        "doc_1",
        "document.sent",
        json!({"sha256": sha256_hex(CONSENT)}),
    );
    let mut bundle = rolled.bundle();
    bundle["as_of"] = NOW.into();
    let trust = operator.trust();
    let report = verify(Input {
        pdf: &file,
        newer_evidence: Some(&rolled.evidence(bundle)),
        trust: Some(&trust),
        ..nothing()
    });
    assert_forged(&report, &[CheckId::NewerEvidence]);
}

#[test]
fn newer_bundles_that_are_none() {
    let operator = Operator::new();
    let trust = operator.trust();
    for bytes in [&b""[..], b"{}", CONSENT] {
        let report = verify(Input {
            pdf: &operator.signed(),
            newer_evidence: Some(bytes),
            trust: Some(&trust),
            ..nothing()
        });
        assert_forged(&report, &[CheckId::NewerEvidence]);
    }
}

#[test]
fn a_clinics_signature_of_another_file() {
    let operator = Operator::new();
    let trust = operator.trust();
    let gost = include_bytes!("fixtures/gost.sig").to_vec();
    let mut changed = Operator::new();
    changed.original.extend(b"% another one\n");
    changed.log = Log::of_a_document("doc_1", &sha256_hex(&changed.original));
    let file = time_stamped(&operator.signed(), soon());
    for (pdf, sig) in [
        (file.clone(), clinic_signature(b"another file")),
        (
            file,
            b"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n".to_vec(),
        ),
        (changed.signed(), gost),
    ] {
        let report = verify(Input {
            pdf: &pdf,
            clinic_signature: Some(&sig),
            trust: Some(&trust),
            ..nothing()
        });
        assert_forged(&report, &[CheckId::ClinicSignature]);
    }
}
