//! What is genuine: every level of the seal, and everything that may honestly come after it.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;

use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerInfos};
use common::update::{clinic_signed, soon, time_stamped};
use common::{
    CONSENT, NOW, Operator, SIGNED, assert_valid, at, certificates, check, clinic_signature, ended,
    found, nothing, stamp,
};
use der::asn1::{Any, OctetString, SetOfVec};
use der::{Decode as _, Encode as _};
use podpis_cms::SoftwareKey;
use podpis_shared::hash::sha256_hex;
use podpis_verify::{CheckId, Input, Kind, Outcome, Report, Verdict, verify};
use serde_json::json;

#[test]
fn a_plain_seal_holds_and_says_whose_clock_it_was() {
    let operator = Operator::new();
    let report = check(&operator, &operator.signed());
    assert_valid(&report);
    assert_eq!(
        ended(&report, Outcome::Unchecked),
        ["newer-evidence", "clinic-signature", "qualified"]
    );
    let time = found(&report, CheckId::SealTime);
    assert!(
        time.text.contains("по часам оператора")
            && time.text.contains("Независимой отметки времени нет")
    );
    assert!(
        report
            .facts
            .iter()
            .any(|fact| fact.value.starts_with("PAdES B-B"))
    );
    assert!(
        report
            .facts
            .iter()
            .any(|fact| fact.value.contains("Иванова Мария Петровна"))
    );
    assert!(!report.sandbox && report.later.is_empty());
}

#[test]
fn every_check_stands_in_the_report_once_and_qualified_never_passes() {
    let operator = Operator::new();
    let report = check(&operator, &operator.signed());
    let ids: Vec<CheckId> = report.checks.iter().map(|check| check.id).collect();
    let others = CheckId::ALL
        .into_iter()
        .filter(|id| !id.is_of_code() && !id.is_of_final());
    assert_eq!(ids, others.collect::<Vec<_>>());
    let qualified = found(&report, CheckId::Qualified);
    assert_eq!(
        (qualified.result, qualified.kind),
        (Outcome::Unchecked, Kind::Certified)
    );
}

#[test]
fn a_report_survives_json() {
    let operator = Operator::new();
    let report = check(&operator, &operator.signed());
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
}

#[test]
fn a_time_stamp_beside_the_seal_raises_its_level() {
    let operator = Operator::new();
    let file = operator.sealed(
        &operator.evidence(operator.bundle()),
        at(SIGNED),
        |signature| Some(stamp::token(signature, soon())),
    );
    let report = check(&operator, &file);
    assert_valid(&report);
    assert!(
        found(&report, CheckId::SealTime)
            .text
            .contains("Независимая служба времени")
    );
    assert!(
        report
            .facts
            .iter()
            .any(|fact| fact.value.starts_with("PAdES B-T"))
    );
}

#[test]
fn a_time_stamp_of_the_whole_file_may_come_later() {
    let operator = Operator::new();
    let file = time_stamped(&operator.signed(), soon());
    let report = check(&operator, &file);
    assert_valid(&report);
    assert!(
        found(&report, CheckId::SealTime)
            .text
            .contains("Независимая служба времени")
    );
    assert_eq!(report.later.len(), 1);
}

#[test]
fn a_stamped_seal_outlives_its_certificate_and_a_plain_one_does_not() {
    let operator = Operator::new();
    let trust = operator.trust();
    let plain = operator.signed();
    let after = at("2029-11-22T12:00:00Z");
    for (file, verdict) in [
        (time_stamped(&plain, soon()), Verdict::Valid),
        (plain, Verdict::Incomplete),
    ] {
        let report = verify(Input {
            pdf: &file,
            trust: Some(&trust),
            now: after,
            ..nothing()
        });
        assert_eq!(report.verdict, verdict, "{report:#?}");
    }
}

#[test]
fn a_clinic_may_sign_after_the_seal() {
    let operator = Operator::new();
    let file = clinic_signed(&operator.signed(), [0; 4]);
    let report = check(&operator, &file);
    assert_valid(&report);
    assert_eq!(
        found(&report, CheckId::ClinicSignature).result,
        Outcome::Pass
    );
    assert!(report.later[0].text.contains("Clinic"));
}

#[test]
fn a_visible_later_signature_is_for_a_person_to_look_at() {
    let operator = Operator::new();
    let file = clinic_signed(&operator.signed(), [100, 100, 300, 200]);
    let report = check(&operator, &file);
    assert_eq!(report.verdict, Verdict::Incomplete, "{report:#?}");
    let later = found(&report, CheckId::LaterChanges);
    assert_eq!(later.result, Outcome::Unchecked);
    assert!(
        later
            .details
            .iter()
            .any(|fact| fact.value.contains("на странице 1"))
    );
}

#[test]
fn a_detached_signature_says_what_it_is_over() {
    let operator = Operator::new();
    let sealed = operator.signed();
    let stamped = time_stamped(&sealed, soon());
    let trust = operator.trust();
    for (over, words) in [
        (stamped.as_slice(), "весь этот файл"),
        (&sealed, "запечатал оператор"),
        (CONSENT, "исходный документ"),
    ] {
        let sig = clinic_signature(over);
        let report = verify(Input {
            pdf: &stamped,
            clinic_signature: Some(&sig),
            trust: Some(&trust),
            ..nothing()
        });
        assert_valid(&report);
        let check = found(&report, CheckId::ClinicSignature);
        assert!(check.text.contains(words), "{check:?}");
    }
}

/// A trust list that names authorities says whose a certificate may be.
#[test]
fn a_clinics_certificate_leads_to_an_authority_of_the_list() {
    let operator = Operator::new();
    let sealed = operator.signed();
    let sig = clinic_signature(&sealed);
    let (from, to) = ("2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
    for (root, outcome, words) in [
        (
            certificates(9, from, to).root,
            Outcome::Pass,
            "из списка доверия",
        ),
        (
            stamp::ROOT.into(),
            Outcome::Unchecked,
            "нет в списке доверия",
        ),
        // Another's by the same name.
        (certificates(1, from, to).root, Outcome::Fail, "неверна"),
    ] {
        let mut trust = operator.trust();
        trust.clinic_roots = vec![root];
        let report = verify(Input {
            pdf: &sealed,
            clinic_signature: Some(&sig),
            trust: Some(&trust),
            ..nothing()
        });
        let check = found(&report, CheckId::ClinicSignature);
        assert_eq!(check.result, outcome, "{check:?}");
        assert!(check.text.contains(words), "{check:?}");
    }
}

/// Older programs sign the content itself, without attributes; clinics may hand that in as well.
#[test]
fn a_detached_signature_without_attributes_counts_as_any_other() {
    let operator = Operator::new();
    let sealed = operator.signed();
    let stamped = time_stamped(&sealed, soon());
    let trust = operator.trust();
    for (over, outcome) in [
        (stamped.as_slice(), Outcome::Pass),
        (&sealed, Outcome::Pass),
        (b"another file", Outcome::Fail),
    ] {
        let sig = without_attributes(over);
        let report = verify(Input {
            pdf: &stamped,
            clinic_signature: Some(&sig),
            trust: Some(&trust),
            ..nothing()
        });
        let check = found(&report, CheckId::ClinicSignature);
        assert_eq!(check.result, outcome, "{check:?}");
    }
}

/// The same message with a signature over the file in place of that over the attributes.
fn without_attributes(file: &[u8]) -> Vec<u8> {
    let keys = certificates(9, "2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
    let key = SoftwareKey::from_pem(&keys.leaf_key).unwrap();
    let mut outer = ContentInfo::from_der(&clinic_signature(file)).unwrap();
    let mut data: SignedData = outer.content.decode_as().unwrap();
    let mut signer = data.signer_infos.0.get(0).unwrap().clone();
    signer.signed_attrs = None;
    signer.signature = OctetString::new(key.sign(file).unwrap()).unwrap();
    data.signer_infos = SignerInfos(SetOfVec::try_from(vec![signer]).unwrap());
    outer.content = Any::encode_from(&data).unwrap();
    outer.to_der().unwrap()
}

#[test]
fn a_newer_bundle_continues_the_sealed_one() {
    let mut operator = Operator::new();
    let file = operator.signed();
    let newer = newer(&mut operator, &file);
    let trust = operator.trust();
    let report = verify(Input {
        pdf: &file,
        newer_evidence: Some(&newer),
        trust: Some(&trust),
        ..nothing()
    });
    assert_valid(&report);
    assert_eq!(found(&report, CheckId::NewerEvidence).result, Outcome::Pass);
    assert_eq!(report.later.len(), 2);
}

#[test]
fn the_sealed_bundle_given_as_the_newer_one_holds() {
    let operator = Operator::new();
    let evidence = operator.evidence(operator.bundle());
    let trust = operator.trust();
    let report = verify(Input {
        pdf: &operator.signed(),
        newer_evidence: Some(&evidence),
        trust: Some(&trust),
        ..nothing()
    });
    assert_valid(&report);
}

#[test]
fn without_a_trust_list_nothing_fails_and_nothing_is_believed() {
    let operator = Operator::new();
    let report = verify(Input {
        pdf: &operator.signed(),
        ..nothing()
    });
    assert_eq!(report.verdict, Verdict::Incomplete);
    assert_eq!(ended(&report, Outcome::Fail), [""; 0]);
    for id in [
        "seal-certificate",
        "evidence-signature",
        "esia-token",
        "esia-person",
        "checkpoint",
    ] {
        assert!(ended(&report, Outcome::Unchecked).contains(&id), "{id}");
    }
    assert_eq!(found(&report, CheckId::SealSignature).result, Outcome::Pass);
}

#[test]
fn a_list_of_another_operator_or_an_older_one_says_nothing() {
    let operator = Operator::new();
    let file = operator.signed();
    let mut other = Operator::new();
    other.name = "Другой оператор".into();
    other.seal = certificates(7, "2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
    other.evidence = podpis_evidence::EvidenceKey::from_seed([7; 32]);
    let mut older = other.trust();
    older.operator = operator.name.clone();
    older.as_of = at("2026-11-30T00:00:00Z");
    for trust in [other.trust(), older] {
        let report = verify(Input {
            pdf: &file,
            trust: Some(&trust),
            ..nothing()
        });
        assert_eq!(report.verdict, Verdict::Incomplete, "{report:#?}");
    }
}

#[test]
fn a_sandbox_says_loudly_that_it_has_no_force() {
    let mut operator = Operator::new();
    operator.sandbox = true;
    let report = check(&operator, &operator.signed());
    assert_valid(&report);
    assert!(report.sandbox && report.headline.contains("юридической силы нет"));
    assert!(
        found(&report, CheckId::SealCertificate)
            .text
            .contains("юридической силы")
    );
}

#[test]
fn what_is_not_ours_is_not_judged() {
    let operator = Operator::new();
    let report = check(&operator, CONSENT);
    assert_eq!(report.verdict, Verdict::Incomplete);
    assert_eq!(
        report.headline,
        "Это не документ Podpis: печати оператора нет"
    );
    assert_eq!(ended(&report, Outcome::Pass), ["pdf-structure"]);
}

#[test]
fn a_file_that_was_cut_is_broken_and_not_called_foreign() {
    let operator = Operator::new();
    let signed = operator.signed();
    let report = check(&operator, &signed[..signed.len() - 100]);
    assert_eq!(report.verdict, Verdict::Invalid);
    assert!(report.headline.contains("повреждён"), "{}", report.headline);
    assert!(!report.sandbox);
}

#[test]
fn what_is_no_pdf_fails_without_a_panic() {
    let operator = Operator::new();
    for bytes in [&b""[..], b"%PDF-1.7", b"hello", &CONSENT[..1000]] {
        let report = check(&operator, bytes);
        assert_ne!(report.verdict, Verdict::Valid);
    }
}

/// The bundle of a day later: the signature and a delivery stand in the journal.
fn newer(operator: &mut Operator, file: &[u8]) -> Vec<u8> {
    let named = json!({"sha256": sha256_hex(CONSENT), "signed_sha256": sha256_hex(file)});
    operator.log.push("doc_1", "document.patient_signed", named);
    operator.log.push("doc_1", "message.delivered", json!({}));
    let mut bundle = operator.bundle();
    bundle["as_of"] = NOW.into();
    bundle["document"]["status"] = "completed".into();
    operator.evidence(bundle)
}
