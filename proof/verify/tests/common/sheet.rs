//! Final versions: the operator's sheet over the clinic's signatures.

use super::{Operator, at, detached};
use podpis_cms::SignedData;
use podpis_cms::make::Sandbox;
use podpis_pdf::{MARKS_FORMAT, Mark, MarkSheet, Reference, SealField, append_marks, mark_file};
use podpis_shared::clinic_signature::{Over, TimeEvidence};
use podpis_shared::hash::sha256_hex;

/// When the sheet is made.
pub(crate) const MADE: &str = "2026-12-02T08:00:00Z";

/// The mark that a signature of the clinic gets.
pub(crate) fn mark(number: usize, signature: &[u8], over: Over) -> Mark {
    let data = SignedData::parse(signature).unwrap();
    let certificate = data.signer().unwrap().certificate().unwrap();
    Mark {
        file: mark_file(number),
        sha256: sha256_hex(signature),
        over,
        certificate: certificate.serial_hex(),
        owner: certificate.subject_part("CN").unwrap(),
        organisation: None,
        position: None,
        issuer: certificate.issuer_part("CN").unwrap(),
        valid_from: certificate.not_before(),
        valid_to: certificate.not_after(),
        time_evidence: TimeEvidence::None,
        signed_at: at(MADE),
        accepted_at: at(MADE),
        level: "CAdES-BES".into(),
    }
}

/// The sheet over a signed file.
pub(crate) fn sheet(signed: &[u8], marks: Vec<Mark>, evidence: Option<&[u8]>) -> MarkSheet {
    MarkSheet {
        format: MARKS_FORMAT.into(),
        number: "doc_1".into(),
        title: "Согласие".into(),
        clinic: "ООО «Клиника»".into(),
        made_at: at(MADE),
        signed: Reference::of(signed),
        marks,
        evidence: evidence.map(Reference::of),
        seal: Vec::new(),
        verify_url: None,
    }
}

/// The final version, sealed with these keys.
pub(crate) fn sealed_by(
    keys: &Sandbox,
    signed: &[u8],
    sheet: &MarkSheet,
    signatures: &[Vec<u8>],
    evidence: Option<&[u8]>,
) -> Vec<u8> {
    let field = SealField {
        name: "ООО «Подпись»".into(),
        reason: "Печать оператора: лист подписей".into(),
        at: at(MADE).at(),
        reserve: 1200,
    };
    let unsealed = append_marks(signed, sheet, signatures, evidence, Some(&field)).unwrap();
    let cms = detached(keys, unsealed.content_sha256(), |_| None);
    unsealed.embed(&cms).unwrap()
}

/// The genuine final version of a file that the clinic signed once.
pub(crate) fn made(operator: &Operator, signed: &[u8], signature: &[u8]) -> Vec<u8> {
    let sheet = sheet(signed, vec![mark(1, signature, Over::Signed)], None);
    sealed_by(&operator.seal, signed, &sheet, &[signature.to_vec()], None)
}
