//! A sealed file as the verifier reads it.

mod common;

use std::path::{Path, PathBuf};

use podpis_pdf::{
    Change, EVIDENCE_NAME, ExamineError, SealField, SignatureKind, Step, append_protocol,
    append_timestamp, attachment, changes, examine, harmful, inspect,
};
use sha2::{Digest, Sha256};
use time::macros::datetime;

const CONSENT: &[u8] = include_bytes!("../../../tests/fixtures/consent/consent.pdf");
const EVIDENCE: &[u8] = br#"{"format":"podpis-evidence/1"}"#;

#[test]
fn a_sealed_file_with_its_time_stamp() {
    let seal = seal();
    let unsealed = append_protocol(
        CONSENT,
        &common::protocol(CONSENT, 2),
        EVIDENCE,
        Some(&seal),
    )
    .unwrap();
    let hash = unsealed.content_sha256();
    let sealed = unsealed.embed(&[0x30, 3, 0xAB, 0xCD, 0xEF]).unwrap();

    let examined = examine(&sealed).unwrap();
    assert!(examined.intact_xref && examined.ends_with_eof && !examined.encrypted);
    assert_eq!((examined.before_header, examined.second_header), (0, false));
    assert!(examined.vanished.is_empty());
    let [signature] = examined.signatures.as_slice() else {
        unreachable!("one signature, not {}", examined.signatures.len());
    };
    assert_eq!(signature.kind, SignatureKind::Cades);
    assert_eq!(signature.name.as_deref(), Some("ООО «Оператор»"));
    assert_eq!(signature.reason.as_deref(), Some("Подписано пациентом"));
    assert_eq!(
        signature.signed_at.unwrap().to_string(),
        "2026-11-22T11:05:31Z"
    );
    assert!(signature.covers_whole_file);
    let covered = signature.range.as_ref().unwrap();
    assert_eq!(covered.contents, [0x30, 3, 0xAB, 0xCD, 0xEF]);
    assert!(!covered.capitals);
    assert_eq!(covered.sha256(&sealed), hash);
    let [before, after] = covered.parts(&sealed);
    assert_eq!(
        Sha256::new()
            .chain_update(before)
            .chain_update(after)
            .finalize()[..],
        hash
    );

    let stamped = append_timestamp(&sealed, 32)
        .unwrap()
        .embed(&[0x30, 0])
        .unwrap();
    let examined = examine(&stamped).unwrap();
    assert!(examined.vanished.is_empty());
    let [first, second] = examined.signatures.as_slice() else {
        unreachable!("two signatures, not {}", examined.signatures.len());
    };
    assert!(!first.covers_whole_file && second.covers_whole_file);
    assert_eq!(second.kind, SignatureKind::DocTimeStamp);
    let covered = first.range.as_ref().unwrap();
    assert_eq!(
        (covered.end, covered.sha256(&stamped)),
        (sealed.len(), hash)
    );

    for file in [&sealed, &stamped] {
        assert_eq!(
            attachment(file, EVIDENCE_NAME).unwrap().as_deref(),
            Some(EVIDENCE)
        );
        assert_eq!(attachment(file, "other.json").unwrap(), None);
    }
    assert_eq!(attachment(CONSENT, EVIDENCE_NAME).unwrap(), None);
}

#[test]
fn what_we_do_is_harmless() {
    let field = seal();
    let original = CONSENT;
    let sealed = append_protocol(
        original,
        &common::protocol(original, 2),
        EVIDENCE,
        Some(&field),
    )
    .unwrap()
    .embed(&[0x30, 0])
    .unwrap();
    let found = changes(original, &sealed).unwrap();
    println!("{found:?}");
    assert_eq!(harmful(&found, Step::Sealing).count(), 0);
    let stamped = append_timestamp(&sealed, 32)
        .unwrap()
        .embed(&[0x30, 0])
        .unwrap();
    let found = changes(&sealed, &stamped).unwrap();
    println!("{found:?}");
    assert_eq!(harmful(&found, Step::AfterSeal).count(), 0);
    assert_eq!(changes(&sealed, &sealed), Err(ExamineError::NotAPrefix));
}

/// Every fixture, and every file of the folder in `PODPIS_ODD_PDFS`.
#[test]
fn odd_originals_stay_what_they_were() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/odd-pdfs");
    let mut folders = vec![fixtures];
    folders.extend(std::env::var("PODPIS_ODD_PDFS").ok().map(PathBuf::from));
    let mut bad = Vec::new();
    for entry in folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
    {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "pdf") {
            continue;
        }
        let original = std::fs::read(&path).unwrap();
        let Ok(facts) = inspect(&original) else {
            let _ = examine(&original);
            continue;
        };
        let protocol = common::protocol(&original, facts.pages);
        let sealed = append_protocol(&original, &protocol, EVIDENCE, Some(&seal()))
            .unwrap()
            .embed(&[0x30, 0])
            .unwrap();
        let found = changes(&original, &sealed).unwrap();
        let expected = [
            Change::NewSignatureField {
                field: "PodpisSeal".to_owned(),
            },
            Change::AttachmentAdded {
                name: EVIDENCE_NAME.to_owned(),
            },
            Change::ProtocolPagesAppended { pages: 1 },
        ];
        if harmful(&found, Step::Sealing).count() > 0 || !expected.iter().all(|e| found.contains(e))
        {
            bad.push(format!("{}: {found:?}", path.display()));
        }
        let examined = examine(&sealed).unwrap();
        if !(examined.intact_xref
            && examined.ends_with_eof
            && examined
                .signatures
                .iter()
                .any(|s| s.range.is_ok() && s.covers_whole_file))
        {
            bad.push(format!("{}: {examined:?}", path.display()));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

fn seal() -> SealField {
    SealField {
        name: "ООО «Оператор»".to_owned(),
        reason: "Подписано пациентом".to_owned(),
        at: datetime!(2026-11-22 11:05:31 UTC),
        reserve: 64,
    }
}
