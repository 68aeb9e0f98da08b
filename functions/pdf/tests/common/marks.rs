//! A sheet of signatures over any file.

use podpis_pdf::{MARKS_FORMAT, Mark, MarkSheet, Reference, mark_file};
use podpis_shared::Timestamp;
use podpis_shared::clinic_signature::{Over, TimeEvidence};
use podpis_shared::hash::sha256_hex;

/// What stands for the clinic's CMS messages: the PDF does not look into them.
pub(crate) fn signatures() -> Vec<Vec<u8>> {
    vec![
        b"0 the medic's message".to_vec(),
        b"0 the head's message".to_vec(),
    ]
}

/// A medic's mark and one of the organisation.
pub(crate) fn sheet(signed: &[u8], evidence: Option<&[u8]>) -> MarkSheet {
    let at = |text| Timestamp::parse(text).unwrap();
    let medic = Mark {
        file: mark_file(1),
        sha256: sha256_hex(&signatures()[0]),
        over: Over::Signed,
        certificate: "01d9a3f05c8e7b000c6f00002f3a0002".into(),
        owner: "Петрова Анна Сергеевна".into(),
        organisation: Some("Общество с ограниченной ответственностью «Клиника „Здоровье“»".into()),
        position: Some("Врач-терапевт участковый".into()),
        issuer: "Федеральная налоговая служба".into(),
        valid_from: at("2026-03-02T09:00:00Z"),
        valid_to: at("2027-06-02T09:00:00Z"),
        time_evidence: TimeEvidence::SigningTime,
        signed_at: at("2026-11-22T12:40:10Z"),
        accepted_at: at("2026-11-22T12:41:02Z"),
        level: "CAdES-BES".into(),
    };
    let organisation = Mark {
        file: mark_file(2),
        sha256: sha256_hex(&signatures()[1]),
        over: Over::Original,
        owner: "ООО «Клиника „Здоровье“»".into(),
        organisation: None,
        position: None,
        time_evidence: TimeEvidence::None,
        level: "CAdES-T".into(),
        ..medic.clone()
    };
    MarkSheet {
        format: MARKS_FORMAT.into(),
        number: "doc_0123456789abcdef".into(),
        title: "Информированное добровольное согласие на виды медицинских вмешательств".into(),
        clinic: "ООО «Клиника „Здоровье“»".into(),
        made_at: at("2026-11-22T12:41:03Z"),
        signed: Reference::of(signed),
        marks: vec![medic, organisation],
        evidence: evidence.map(Reference::of),
        seal: vec!["Файл целиком заверен печатью оператора ещё раз.".into()],
        verify_url: Some("https://podpis.example/verify".into()),
    }
}
