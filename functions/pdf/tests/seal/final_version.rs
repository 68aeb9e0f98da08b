//! The final version: a sheet of the clinic's signatures after the sealed file, sealed once more.

use lopdf::Document;
use podpis_pdf::{
    AppendError, Change, FINAL_EVIDENCE_NAME, MARKS_NAME, MarkSheet, Severity, Step, append_marks,
    append_timestamp, attachment, changes, examine,
};

use super::{CONSENT, judges, openssl, writer};
use crate::marks::{sheet, signatures as messages};
use crate::sealer::{Sealer, signatures};

const EVIDENCE: &[u8] = br#"{"format":"podpis-evidence/1"}"#;

fn made(sealer: &Sealer, signed: &[u8]) -> Vec<u8> {
    let sheet = sheet(signed, Some(EVIDENCE));
    let unsealed = append_marks(
        signed,
        &sheet,
        &messages(),
        Some(EVIDENCE),
        Some(&openssl::field()),
    );
    sealer.embed(unsealed.unwrap())
}

#[test]
fn both_seals_are_valid_and_the_marks_stand_on_a_page_of_their_own() {
    let sealer = Sealer::new("final");
    let signed = sealer.seal(CONSENT, 3);
    let whole = made(&sealer, &signed);
    assert!(whole.starts_with(&signed));
    let path = sealer.write("final.pdf", &whole);
    let said = signatures(&path);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said.iter().all(|one| one.contains("Signature is Valid.")));
    assert!(said[1].contains("Total document signed"), "{said:?}");
    assert!(said[1].contains("PodpisSeal2"), "{said:?}");
    assert_eq!(judges::qpdf_severity(&path), Some(0));
    assert_eq!(judges::poppler_pages(&path), Some(Some(5)));

    // What GOST R 7.0.97-2016 wants of a mark, as another program reads it.
    let text = judges::printed("pdftotext", &["-layout", "-f", "5"], &path);
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        for words in [
            "Документ подписан электронной подписью",
            "01D9A3F05C8E7B000C6F00002F3A0002",
            "Петрова Анна Сергеевна",
            "с 02.03.2026 по 02.06.2027",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }

    // Everything that can be attached is, and nothing else has changed.
    let read = |name: &str| attachment(&whole, name).unwrap().unwrap();
    let sheet = sheet(&signed, Some(EVIDENCE));
    assert!(MarkSheet::from_json(&read(MARKS_NAME)) == Some(sheet));
    assert_eq!(read("podpis-clinic-1.sig"), messages()[0]);
    assert_eq!(read("podpis-clinic-2.sig"), messages()[1]);
    assert_eq!(read(FINAL_EVIDENCE_NAME), EVIDENCE);
    let found = changes(&signed, &whole).unwrap();
    assert!(found.contains(&Change::ProtocolPagesAppended { pages: 1 }));
    let worst = found.iter().map(|change| change.severity(Step::Sealing));
    assert_eq!(worst.max(), Some(Severity::Harmless), "{found:?}");
    let examined = examine(&whole).unwrap();
    assert_eq!((examined.signatures.len(), examined.vanished.len()), (2, 0));

    // No mark is laid over anything: the old pages keep their contents, and the new one has nobody else's.
    let (old, new) = (
        Document::load_mem(&signed).unwrap(),
        Document::load_mem(&whole).unwrap(),
    );
    for (number, page) in old.get_pages() {
        assert_eq!(
            old.get_page_contents(page),
            new.get_page_contents(new.get_pages()[&number])
        );
    }
}

#[test]
fn every_shape_of_file_takes_the_sheet_and_time_stamps_stay() {
    let sealer = Sealer::new("final-shapes");
    for (name, original) in [
        ("plain", writer::one_page("", &[])),
        (
            "junk",
            [b"junk\nbefore\n".to_vec(), writer::one_page("", &[])].concat(),
        ),
    ] {
        let sealed = sealer.seal(&original, 1);
        let whole = made(&sealer, &sealed);
        let path = sealer.write(&format!("{name}.pdf"), &whole);
        let said = signatures(&path);
        assert!(
            said.len() == 2 && said.iter().all(|one| one.contains("Signature is Valid.")),
            "{name}: {said:?}"
        );
    }
    let sealed = sealer.seal(CONSENT, 3);
    let stamped = append_timestamp(&sealed, 64).unwrap();
    let stamped = stamped.embed(&[0x30, 0]).unwrap();
    let whole = made(&sealer, &stamped);
    assert_eq!(examine(&whole).unwrap().signatures.len(), 3);
}

#[test]
fn the_same_sheet_gives_the_same_bytes_and_belongs_to_one_file_alone() {
    let sealed = Sealer::new("final-same").seal(CONSENT, 3);
    let one = sheet(&sealed, None);
    let make = |sheet: &MarkSheet, messages: &[Vec<u8>], evidence| {
        append_marks(&sealed, sheet, messages, evidence, Some(&openssl::field()))
    };
    let whole = make(&one, &messages(), None).unwrap();
    assert_eq!(whole, make(&one, &messages(), None).unwrap());

    let mut other_file = one.clone();
    other_file.signed.size -= 1;
    let mut other_name = one.clone();
    other_name.marks[1].file = "podpis-clinic-1.sig".into();
    let mut no_marks = one.clone();
    no_marks.marks.clear();
    let mut other_format = one.clone();
    other_format.format = "podpis-final/2".into();
    for sheet in [&other_file, &other_name, &no_marks, &other_format] {
        assert_eq!(make(sheet, &messages(), None), Err(AppendError::Mismatch));
    }
    let mut swapped = messages();
    swapped.reverse();
    for messages in [&messages()[..1], &swapped] {
        assert_eq!(make(&one, messages, None), Err(AppendError::Mismatch));
    }
    assert_eq!(
        make(&one, &messages(), Some(EVIDENCE)),
        Err(AppendError::Mismatch)
    );
}

#[test]
fn names_as_long_as_a_certificate_allows_fit_the_sheet() {
    let sealer = Sealer::new("final-long");
    let sealed = sealer.seal(CONSENT, 3);
    let mut long = sheet(&sealed, None);
    long.marks[0].owner = "Очень".repeat(4_000);
    long.marks[0].organisation = Some("слово ".repeat(4_000));
    long.marks[0].certificate = "ab".repeat(20);
    let unsealed = append_marks(&sealed, &long, &messages(), None, None).unwrap();
    let path = sealer.write("long.pdf", unsealed.bytes());
    assert!(judges::poppler_pages(&path).is_none_or(|pages| pages.is_some_and(|n| n <= 6)));
}

#[test]
fn a_sheet_comes_out_the_same_in_every_version() {
    // The verifier makes sheets of earlier years anew. Where this hash changes, `MARKS_FORMAT` has to, and the verifier has to
    // know both forms.
    let page = writer::one_page("", &[]);
    let sheet = sheet(&page, None);
    let unsealed = append_marks(&page, &sheet, &messages(), None, Some(&openssl::field())).unwrap();
    assert_eq!(
        podpis_shared::hash::hex(&unsealed.content_sha256()),
        "cd85cb3852a1e9665760467a784602991c1a09d64dc488000aae55056360ce13"
    );
}
