//! Signatures by a one-time code, and accepted user agreements: the genuine ones and their forgeries, which lie under a
//! genuine seal, so that what stops them is the check that is meant.

mod common;

use common::code;
use common::{CONSENT, NOW, Operator, assert_forged, assert_valid, check, ended, found, nothing};
use podpis_shared::hash::sha256_hex;
use podpis_verify::{CheckId, Input, Outcome, Report, verify};
use serde_json::{Value, json};

const OF_CODE: [&str; 3] = ["code-record", "code-person", "code-agreement"];

/// The report on a contract whose sealed bundle was changed before it was signed.
fn with(edit: impl FnOnce(&mut Value)) -> Report {
    let operator = Operator::new();
    let mut bundle = code::contract(&operator);
    edit(&mut bundle);
    check(&operator, &operator.signed_with(bundle))
}

fn with_code(name: &str, value: impl Into<Value>) -> Report {
    with(|bundle| bundle["signatures"][0]["code"][name] = value.into())
}

fn with_agreement(name: &str, value: impl Into<Value>) -> Report {
    with(|bundle| bundle["signatures"][0]["agreement"][name] = value.into())
}

#[test]
fn a_signature_by_code_holds_and_says_whose_word_it_is() {
    let report = with(|_| ());
    assert_valid(&report);
    let ids: Vec<CheckId> = report.checks.iter().map(|check| check.id).collect();
    // The sheet of marks stands in the report of a final version only.
    let expected = CheckId::ALL
        .into_iter()
        .filter(|id| !id.is_of_esia() && *id != CheckId::ClinicMarks);
    assert_eq!(ids, expected.collect::<Vec<_>>());
    assert!(
        OF_CODE
            .iter()
            .all(|id| ended(&report, Outcome::Pass).contains(id))
    );
    assert!(
        report.lead.contains("только по записям оператора"),
        "{}",
        report.lead
    );
    assert!(!report.lead.contains("Госуслуг"));
    let person = found(&report, CheckId::CodePerson);
    assert!(
        person.text.contains("независимо не подтверждено"),
        "{}",
        person.text
    );
    let agreement = found(&report, CheckId::CodeAgreement);
    assert!(
        agreement.text.contains("здесь его нет"),
        "{}",
        agreement.text
    );
    let how = report
        .facts
        .iter()
        .find(|fact| fact.label == "Как")
        .unwrap();
    assert_eq!(how.value, "простая электронная подпись кодом из СМС");
}

#[test]
fn without_a_trust_list_nothing_fails() {
    let operator = Operator::new();
    let file = operator.signed_with(code::contract(&operator));
    let report = verify(Input {
        pdf: &file,
        ..nothing()
    });
    assert_eq!(report.verdict.as_str(), "incomplete");
    assert_eq!(ended(&report, Outcome::Fail), [""; 0]);
}

#[test]
fn an_accepted_agreement_holds_though_no_journal_tells_of_it_yet() {
    let mut operator = Operator::new();
    let bundle = code::acceptance(&mut operator);
    let report = check(&operator, &operator.signed_with(bundle));
    assert_valid(&report);
    let journal = found(&report, CheckId::JournalProof);
    assert_eq!(
        (journal.result, journal.required),
        (Outcome::Unchecked, false)
    );
    assert!(
        found(&report, CheckId::CodeAgreement)
            .text
            .contains("оферту")
    );
    let told = |words: &str| report.facts.iter().any(|fact| fact.value.contains(words));
    assert!(told("владелец номера +7 916 ***-**-67") && told("публичная оферта"));
}

#[test]
fn newer_evidence_of_an_acceptance_names_the_file() {
    let mut operator = Operator::new();
    let file = {
        let bundle = code::acceptance(&mut operator);
        operator.signed_with(bundle)
    };
    for (signed, holds) in [(sha256_hex(&file), true), (sha256_hex(b"another"), false)] {
        let mut later = Operator::new();
        let mut bundle = code::acceptance(&mut later);
        let data = json!({"version": 1, "sha256": sha256_hex(CONSENT), "signed_sha256": signed});
        later.log.push("doc_1", "agreement.accepted", data);
        bundle["as_of"] = NOW.into();
        bundle["journal"] = later.log.part(&later.journal);
        let trust = operator.trust();
        let report = verify(Input {
            pdf: &file,
            newer_evidence: Some(&later.evidence(bundle)),
            trust: Some(&trust),
            ..nothing()
        });
        if holds {
            assert_valid(&report);
            assert_eq!(report.later[0].text, "Соглашение принято");
        } else {
            assert_forged(&report, &[CheckId::NewerEvidence]);
        }
    }
}

#[test]
fn an_acceptance_of_another_file_in_the_journal() {
    let mut operator = Operator::new();
    let mut bundle = code::acceptance(&mut operator);
    let data = json!({"sha256": sha256_hex(b"another")});
    operator.log.push("doc_1", "agreement.accepted", data);
    bundle["journal"] = operator.log.part(&operator.journal);
    let report = check(&operator, &operator.signed_with(bundle));
    assert_forged(&report, &[CheckId::EvidenceDocument]);
}

#[test]
fn no_other_document_comes_without_the_journal() {
    let mut operator = Operator::new();
    let mut bundle = code::acceptance(&mut operator);
    bundle["document"]["kind"] = "edo_agreement".into();
    let report = check(&operator, &operator.signed_with(bundle));
    assert_forged(&report, &[CheckId::JournalProof]);
}

#[test]
fn both_ways_or_none() {
    let operator = Operator::new();
    let esia = operator.bundle()["signatures"][0]["esia"].clone();
    let report = with(|bundle| bundle["signatures"][0]["esia"] = esia.clone());
    assert_forged(&report, &[CheckId::EvidenceDocument]);

    let none = [
        CheckId::EvidenceDocument,
        CheckId::CodeRecord,
        CheckId::CodePerson,
        CheckId::CodeAgreement,
    ];
    let without = |bundle: &mut Value| {
        let signature = bundle["signatures"][0].as_object_mut().unwrap();
        signature.remove("code");
    };
    assert_forged(&with(without), &none);
    // ESIA's word in the place of the code's, under the method of a code.
    let report = with(|bundle| {
        without(bundle);
        bundle["signatures"][0]["esia"] = esia;
    });
    assert_forged(&report, &none);
}

#[test]
fn through_esia_with_a_code_or_with_nothing() {
    let operator = Operator::new();
    let code = code::contract(&operator)["signatures"][0]["code"].clone();
    let mut bundle = operator.bundle();
    bundle["signatures"][0]["code"] = code;
    let report = check(&operator, &operator.signed_with(bundle));
    assert_forged(&report, &[CheckId::EvidenceDocument]);

    let mut bundle = operator.bundle();
    bundle["signatures"][0]
        .as_object_mut()
        .unwrap()
        .remove("esia");
    let report = check(&operator, &operator.signed_with(bundle));
    assert_forged(
        &report,
        &[
            CheckId::EvidenceDocument,
            CheckId::EsiaToken,
            CheckId::EsiaPerson,
        ],
    );

    // A code that calls itself ESIA.
    let report = with(|bundle| bundle["signatures"][0]["method"] = "esia".into());
    assert_forged(
        &report,
        &[
            CheckId::EvidenceDocument,
            CheckId::EsiaToken,
            CheckId::EsiaPerson,
        ],
    );
}

#[test]
fn a_code_by_another_way_than_it_says() {
    assert_forged(
        &with_code("channel", "email"),
        &[CheckId::CodeRecord, CheckId::CodePerson],
    );
    let report = with(|bundle| bundle["signatures"][0]["method"] = "email".into());
    assert_forged(&report, &[CheckId::CodeRecord]);
}

#[test]
fn a_code_of_another_document() {
    let report = with_code("document_sha256", sha256_hex(b"another"));
    assert_forged(&report, &[CheckId::CodeRecord]);
}

#[test]
fn times_out_of_order() {
    // Pressed at 11:04:00, signed at 11:05:31; clocks may differ by a minute.
    for (name, value) in [
        ("issued_at", "2026-12-01T11:02:00Z"),
        ("issued_at", "2026-12-01T11:07:00Z"),
        ("sent_at", "2026-12-01T11:02:00Z"),
        ("sent_at", "2026-12-01T11:07:00Z"),
        ("verified_at", "2026-12-01T11:03:00Z"),
        ("verified_at", "2026-12-01T11:07:00Z"),
    ] {
        assert_forged(&with_code(name, value), &[CheckId::CodeRecord]);
    }
    // Typed when it worked no more.
    let report = with(|bundle| {
        let signature = &mut bundle["signatures"][0];
        signature["browser"]["started_at"] = "2026-12-01T10:55:00Z".into();
        signature["code"]["issued_at"] = "2026-12-01T10:55:01Z".into();
        signature["code"]["sent_at"] = Value::Null;
    });
    assert_forged(&report, &[CheckId::CodeRecord]);
    let report = with_code("contact_since", "2026-12-01T11:30:00Z");
    assert_forged(&report, &[CheckId::CodePerson]);
}

#[test]
fn a_code_that_was_guessed() {
    assert_forged(&with_code("wrong_tries", 999_999), &[CheckId::CodeRecord]);
}

#[test]
fn a_code_to_another_phone_than_the_signers() {
    let person = [CheckId::CodePerson];
    assert_forged(&with_code("to_masked", "+7 925 ***-**-01"), &person);
    let report = with(|bundle| bundle["signatures"][0]["signer"]["hashed"]["phone"] = Value::Null);
    assert_forged(&report, &person);
    for named_by in [json!([]), json!(["clinic"]), json!(["account", "somebody"])] {
        assert_forged(&with_code("named_by", named_by), &person);
    }
}

#[test]
fn a_nameless_signer_of_anything_but_an_offer() {
    let person = [CheckId::CodePerson];
    let report = with(|bundle| {
        let signer = bundle["signatures"][0]["signer"].as_object_mut().unwrap();
        signer.remove("birth_date");
    });
    assert_forged(&report, &person);
    let report = with(|bundle| bundle["signatures"][0]["signer"]["name"] = " ".into());
    assert_forged(&report, &person);
}

#[test]
fn no_agreement_or_one_that_bears_nothing() {
    let agreement = [CheckId::CodeAgreement];
    let report = with(|bundle| {
        let signature = bundle["signatures"][0].as_object_mut().unwrap();
        signature.remove("agreement");
    });
    assert_forged(&report, &agreement);
    assert_forged(&with_agreement("sha256", "ab"), &agreement);
    assert_forged(&with_agreement("document_id", ""), &agreement);
    assert_forged(&with_agreement("document_id", "doc_1"), &agreement);
    assert_forged(&with_agreement("sha256", sha256_hex(CONSENT)), &agreement);
    assert_forged(
        &with_agreement("accepted_at", "2026-12-01T11:06:00Z"),
        &agreement,
    );
    // Accepted by a code from an e-mail, it names no phone.
    assert_forged(&with_agreement("how", "email"), &agreement);
    assert_valid(&with_agreement("how", "esia"));
}

#[test]
fn somebody_accepts_for_somebody_else() {
    let mut operator = Operator::new();
    let mut bundle = code::acceptance(&mut operator);
    bundle["signatures"][0]["capacity"] = json!({
        "kind": "representative", "patient": "Иванов Пётр", "basis": "мать", "record_ref": "1",
    });
    let report = check(&operator, &operator.signed_with(bundle));
    assert_forged(
        &report,
        &[
            CheckId::CodePerson,
            CheckId::CodeAgreement,
            CheckId::JournalProof,
        ],
    );
}

#[test]
fn an_old_bundle_of_esia_reads_as_before() {
    // No member of it is named `code` or `agreement`, and its signer has no hash of an e-mail.
    let operator = Operator::new();
    let bundle = operator.bundle();
    let signature = bundle["signatures"][0].as_object().unwrap();
    assert!(!signature.contains_key("code") && !signature.contains_key("agreement"));
    let report = check(&operator, &operator.signed_with(bundle));
    assert_valid(&report);
    assert_eq!(found(&report, CheckId::EsiaToken).result, Outcome::Pass);
}
