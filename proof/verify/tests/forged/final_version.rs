//! The final version: what it proves, and marks that say something else than the clinic's signatures.

use lopdf::{Object, Stream, dictionary};
use podpis_pdf::{MARKS_NAME, MarkSheet};
use podpis_shared::clinic_signature::Over;
use podpis_verify::{CheckId, Input, Outcome, Report, Verdict, verify};

use crate::common::sheet::{made, mark, sealed_by, sheet};
use crate::common::update::{catalog, changed, content, soon, time_stamped, update};
use crate::common::{
    CONSENT, Operator, assert_forged, assert_valid, at, certificates, check, clinic_signature,
    found, nothing,
};

const MARKS: CheckId = CheckId::ClinicMarks;

#[track_caller]
fn assert_final(report: &Report) {
    assert_valid(report);
    for id in [MARKS, CheckId::ClinicSignature, CheckId::LaterChanges] {
        assert_eq!(found(report, id).result, Outcome::Pass, "{report:#?}");
    }
}

#[test]
fn a_final_version_is_understood() {
    let operator = Operator::new();
    let signed = operator.signed();
    let last = made(&operator, &signed, &clinic_signature(&signed));
    let report = check(&operator, &last);
    assert_final(&report);
    let later: Vec<_> = report.later.iter().map(|one| one.text.as_str()).collect();
    assert!(later.iter().any(|text| text.contains("лист подписей")));
    assert!(!later.iter().any(|text| text.contains("добавлена подпись")));
    let clinic = found(&report, CheckId::ClinicSignature);
    assert!(clinic.text.contains("подписанный файл"), "{clinic:?}");

    // A file without a sheet says nothing of one.
    let plain = check(&operator, &signed);
    assert!(!plain.checks.iter().any(|check| check.id == MARKS));

    // Time stamps before and after it change nothing.
    let stamped = time_stamped(&signed, soon());
    let last = made(&operator, &stamped, &clinic_signature(&stamped));
    assert_final(&check(&operator, &last));
    let later = time_stamped(&last, at("2026-12-03T08:00:00Z"));
    assert_final(&check(&operator, &later));
}

#[test]
fn two_signatures_over_different_bytes_and_newer_evidence_inside() {
    let operator = Operator::new();
    let signed = operator.signed();
    let signatures = [clinic_signature(&signed), clinic_signature(CONSENT)];
    let marks = vec![
        mark(1, &signatures[0], Over::Signed),
        mark(2, &signatures[1], Over::Original),
    ];
    let evidence = operator.evidence(operator.bundle());
    let sheet = sheet(&signed, marks, Some(&evidence));
    let last = sealed_by(
        &operator.seal,
        &signed,
        &sheet,
        &signatures,
        Some(&evidence),
    );
    let report = check(&operator, &last);
    assert_final(&report);
    assert_eq!(found(&report, CheckId::NewerEvidence).result, Outcome::Pass);

    // The same signature beside the file is told once; another one is checked as well.
    let beside = |sig: &[u8]| {
        let trust = operator.trust();
        verify(Input {
            pdf: &last,
            clinic_signature: Some(sig),
            trust: Some(&trust),
            ..nothing()
        })
    };
    let told = beside(&signatures[0]);
    assert_final(&told);
    assert_eq!(
        found(&told, CheckId::ClinicSignature).text,
        found(&report, CheckId::ClinicSignature).text
    );
    assert_forged(
        &beside(&clinic_signature(b"another file")),
        &[CheckId::ClinicSignature],
    );
}

#[test]
fn without_a_trust_list_nobody_says_whose_sheet_it_is() {
    let operator = Operator::new();
    let signed = operator.signed();
    let last = made(&operator, &signed, &clinic_signature(&signed));
    let report = verify(Input {
        pdf: &last,
        ..nothing()
    });
    assert_eq!(found(&report, MARKS).result, Outcome::Unchecked);
    assert_eq!(report.verdict, Verdict::Incomplete);
}

/// The operator's own sheet after an edit, sealed by the operator: who has its key can't lie either.
fn edited(edit: impl FnOnce(&mut MarkSheet)) -> Report {
    let operator = Operator::new();
    let signed = operator.signed();
    let signature = clinic_signature(&signed);
    let mut sheet = sheet(&signed, vec![mark(1, &signature, Over::Signed)], None);
    edit(&mut sheet);
    let last = sealed_by(&operator.seal, &signed, &sheet, &[signature], None);
    check(&operator, &last)
}

#[test]
fn a_mark_that_names_another_certificate() {
    let forged = [CheckId::LaterChanges, MARKS];
    assert_forged(
        &edited(|sheet| sheet.marks[0].owner = "Петрова Анна Сергеевна".into()),
        &forged,
    );
    assert_forged(
        &edited(|sheet| sheet.marks[0].certificate = "00ff".into()),
        &forged,
    );
    assert_forged(
        &edited(|sheet| sheet.marks[0].valid_to = at("2040-01-01T00:00:00Z")),
        &forged,
    );
    assert_forged(
        &edited(|sheet| sheet.marks[0].issuer = "Федеральное казначейство".into()),
        &forged,
    );
    assert_forged(
        &edited(|sheet| sheet.marks[0].organisation = Some("ООО «Клиника»".into())),
        &forged,
    );
    assert_forged(
        &edited(|sheet| sheet.marks[0].over = Over::Original),
        &forged,
    );
}

#[test]
fn a_mark_over_a_signature_of_another_file() {
    let operator = Operator::new();
    let signed = operator.signed();
    let signature = clinic_signature(b"another file");
    let last = made(&operator, &signed, &signature);
    assert_forged(
        &check(&operator, &last),
        &[CheckId::LaterChanges, CheckId::ClinicSignature, MARKS],
    );
}

#[test]
fn a_sheet_that_somebody_else_sealed() {
    let operator = Operator::new();
    let signed = operator.signed();
    let signature = clinic_signature(&signed);
    let sheet = sheet(&signed, vec![mark(1, &signature, Over::Signed)], None);
    let other = certificates(77, "2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
    let last = sealed_by(&other, &signed, &sheet, &[signature], None);
    assert_forged(&check(&operator, &last), &[MARKS]);
}

#[test]
fn a_mark_without_its_signature() {
    // The page and the data are there, as the operator writes them; the signature and the seal are not.
    let operator = Operator::new();
    let signed = operator.signed();
    let signature = clinic_signature(&signed);
    let sheet = sheet(&signed, vec![mark(1, &signature, Over::Signed)], None);
    let json = serde_json::to_vec(&sheet).unwrap();
    let forged = update(&signed, |document| {
        let root = catalog(document);
        let new = &mut document.new_document;
        let file = new.add_object(Stream::new(dictionary! {"Type" => "EmbeddedFile"}, json));
        let specification = new.add_object(dictionary! {
            "Type" => "Filespec", "F" => Object::string_literal(MARKS_NAME),
            "UF" => Object::string_literal(MARKS_NAME),
            "EF" => dictionary! {"F" => file, "UF" => file},
        });
        let names = vec![Object::string_literal(MARKS_NAME), specification.into()];
        let tree = new.add_object(dictionary! {"Names" => names});
        let names = new.add_object(dictionary! {"EmbeddedFiles" => tree});
        changed(document, root).set("Names", names);
    });
    let report = check(&operator, &forged);
    assert_forged(&report, &[CheckId::LaterChanges, MARKS]);
    assert!(found(&report, MARKS).text.contains("подписи в файле нет"));
}

#[test]
fn a_changed_mark() {
    let operator = Operator::new();
    let signed = operator.signed();
    let last = made(&operator, &signed, &clinic_signature(&signed));
    // In place, anywhere in what was added: page, font, data, signature, cross-reference.
    let added = last.len() - signed.len();
    for part in 1..24 {
        let mut flipped = last.clone();
        let place = signed.len() + added * part / 24;
        flipped[place] ^= 1;
        let report = check(&operator, &flipped);
        assert_eq!(report.verdict, Verdict::Invalid, "{place}: {report:#?}");
    }
    // In a later revision: the sheet is the fifth page.
    let forged = update(&last, |document| {
        let id = content(document, 5);
        let empty = Stream::new(dictionary! {}, Vec::new());
        document.new_document.set_object(id, empty);
    });
    assert_forged(&check(&operator, &forged), &[CheckId::LaterChanges]);
}

/// An archive as `mis` writes it.
fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, data) in entries {
        out.extend_from_slice(b"PK\x03\x04\x14\0\0\x08\0\0\0\0\0\0\0\0\0\0");
        for size in [data.len(), data.len()] {
            out.extend_from_slice(&u32::try_from(size).unwrap().to_le_bytes());
        }
        out.extend_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
        out.extend_from_slice(b"\0\0");
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(data);
    }
    out.extend_from_slice(b"PK\x01\x02");
    out
}

#[test]
fn the_archive_is_checked_as_one_case() {
    let operator = Operator::new();
    let signed = operator.signed();
    let signature = clinic_signature(&signed);
    let last = made(&operator, &signed, &signature);
    let evidence = operator.evidence(operator.bundle());
    let readme = [b' '; 1100];
    let archive = |signed: &[u8], signature: &[u8]| {
        zip(&[
            ("README.ru.txt", &readme),
            ("signed.pdf", signed),
            ("podpis-clinic-1.sig", signature),
            ("final.pdf", &last),
            ("evidence.json", &evidence),
        ])
    };
    let report = check(&operator, &archive(&signed, &signature));
    assert_final(&report);
    assert_eq!(found(&report, CheckId::NewerEvidence).result, Outcome::Pass);

    let other = clinic_signature(b"another file");
    let report = check(&operator, &archive(&signed, &other));
    assert_forged(&report, &[CheckId::ClinicSignature]);
    let report = check(&operator, &archive(CONSENT, &signature));
    assert_final(&report);
    let report = check(&operator, &archive(b"%PDF-1.7 another", &signature));
    assert_forged(&report, &[CheckId::PdfStructure]);
    // Somebody else's archive is not opened, and nothing is said of it.
    let report = check(&operator, &zip(&[("final.pdf", &last)]));
    assert_eq!(report.verdict, Verdict::Incomplete);
}
