//! A sealed file as the verifier reads it.

mod common;

use podpis_pdf::{
    EVIDENCE_NAME, SealField, SignatureKind, append_protocol, append_timestamp, attachment, examine,
};
use sha2::{Digest, Sha256};
use time::macros::datetime;

const CONSENT: &[u8] = include_bytes!("../../../tests/fixtures/consent/consent.pdf");
const EVIDENCE: &[u8] = br#"{"format":"podpis-evidence/1"}"#;

#[test]
fn a_sealed_file_with_its_time_stamp() {
    let seal = SealField {
        name: "ООО «Оператор»".to_owned(),
        reason: "Подписано пациентом".to_owned(),
        at: datetime!(2026-11-22 11:05:31 UTC),
        reserve: 64,
    };
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
