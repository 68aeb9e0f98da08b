//! The final version: made once, kept encrypted, the same for whoever asks.
#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use super::common::{account, ask, ask_json, database_bytes, holds, install, opened, sign, text};
use podpis_cms::{Certificate, Detached, make};
use podpis_gost::{ParamSet, SecretKey};
use podpis_kit::Db;
use podpis_kit::store::clinic_signatures::{self, ClinicSignature};
use podpis_pdf::{FINAL_EVIDENCE_NAME, attachment};
use podpis_shared::Timestamp;
use podpis_shared::clinic_signature::{Over, TimeEvidence};
use podpis_shared::hash::sha256_hex;
use podpis_verify::{Input, Report, verify};
use serde_json::{Value as Json, json};

/// The bytes of `/signed`.
async fn signed(id: &str) -> Vec<u8> {
    let blob = text("SELECT signed_blob FROM documents WHERE id = ?1", id).await;
    ask("GET", &format!("/blobs/{blob}"), Vec::new()).await.1
}

/// What accepting the clinic's GOST signature over these bytes leaves in the database, but for the document's state.
async fn accept(id: &str, ordinal: u8, over: Over, content: &[u8]) -> ClinicSignature {
    let set = ParamSet::ALL[usize::from(ordinal)];
    let key = SecretKey::from_bytes(set, &vec![7; set.size()]).unwrap();
    let at = |days: i64| account::now().plus(days * 86_400);
    let pem = make::gost_certificate("ООО «Клиника»", &key, 5, at(-30), at(300)).unwrap();
    let leaf = Certificate::from_pem_many(&pem).unwrap().remove(0);
    let signed_at = at(0);
    let detached = Detached::new(content, &leaf, signed_at).unwrap();
    let der = detached.finish(&key.sign(detached.message())).unwrap();
    let row = ClinicSignature {
        id: format!("cs_{id}_{ordinal}"),
        document_id: id.into(),
        ordinal: i64::from(ordinal),
        role: format!("role_{ordinal}"),
        over,
        blob: text("SELECT signed_blob FROM documents WHERE id = ?1", id).await,
        sha256: sha256_hex(&der),
        certificate_sha256: leaf.sha256_hex(),
        certificate_serial: leaf.serial_hex(),
        owner_name: leaf.subject_part("CN").unwrap(),
        position: None,
        organisation: None,
        issuer: leaf.issuer_part("CN").unwrap(),
        valid_from: leaf.not_before(),
        valid_to: leaf.not_after(),
        algorithm: String::new(),
        level: "CAdES-BES".into(),
        time_evidence: TimeEvidence::SigningTime,
        signed_at,
        accepted_at: signed_at,
        report: "{}".into(),
        der,
    };
    let tx = Db::open().await.unwrap().begin().await.unwrap();
    clinic_signatures::insert(&tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    row
}

async fn complete(id: &str) {
    let db = Db::open().await.unwrap();
    let sql = "UPDATE documents SET status = 'completed', completed_at = ?2 WHERE id = ?1";
    let now: Timestamp = account::now();
    db.execute(sql, [id.into(), now.unix().into()])
        .await
        .unwrap();
}

async fn last(id: &str) -> (u16, Vec<u8>) {
    ask("GET", &format!("/documents/{id}/final"), Vec::new()).await
}

async fn code(id: &str) -> Json {
    let path = format!("/documents/{id}/final");
    ask_json("GET", &path, &Json::Null).await.1["code"].clone()
}

async fn checked(pdf: &[u8]) -> Report {
    let (_, trust) = ask("GET", "/trust", Vec::new()).await;
    let trust = serde_json::from_slice(&trust).unwrap();
    verify(Input {
        pdf,
        clinic_signature: None,
        newer_evidence: None,
        trust: Some(&trust),
        now: account::now(),
    })
}

fn outcome(report: &Report, id: &str) -> &'static str {
    let check = report.checks.iter().find(|check| check.id.as_str() == id);
    check.map_or("absent", |check| check.result.as_str())
}

#[tokio::test]
async fn it_is_made_once_and_proves_itself() {
    install("at-rest", &[]).await;
    opened("doc_final").await;
    assert_eq!(code("doc_final").await, json!("not_completed"));
    assert_eq!(sign("doc_final").await.0, 200);
    let before = signed("doc_final").await;
    let original = super::PDF;
    accept("doc_final", 0, Over::Signed, &before).await;
    assert_eq!(
        code("doc_final").await,
        json!("not_completed"),
        "one is missing"
    );
    accept("doc_final", 1, Over::Original, original).await;
    complete("doc_final").await;

    // Whoever comes first makes it; the others get the same.
    let ((status, one), (_, two)) = tokio::join!(last("doc_final"), last("doc_final"));
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&one));
    assert!(one.starts_with(&before) && one.len() > before.len());
    assert_eq!(one, two);
    assert_eq!(last("doc_final").await.1, one);

    let report = checked(&one).await;
    for id in [
        "seal-signature",
        "later-changes",
        "newer-evidence",
        "clinic-marks",
    ] {
        assert_eq!(outcome(&report, id), "pass", "{id}: {report:#?}");
    }
    // Nobody has named the authority of the fixture's certificate.
    assert_eq!(outcome(&report, "clinic-signature"), "unchecked");

    // The evidence in it and beside it are one, and lie nowhere in the open.
    let path = "/documents/doc_final/final/evidence";
    let (_, evidence) = ask("GET", path, Vec::new()).await;
    let inside = attachment(&one, FINAL_EVIDENCE_NAME).unwrap().unwrap();
    assert_eq!(evidence, inside);
    let all = database_bytes();
    let head = String::from_utf8_lossy(&evidence[..60]).into_owned();
    assert!(!holds(&all, &head) && !holds(&all, "podpis-final.json"));
}

#[tokio::test]
async fn the_clinics_own_pdf_and_what_needs_no_clinic_are_final_as_they_are() {
    install("at-rest", &[]).await;
    opened("doc_alone").await;
    assert_eq!(sign("doc_alone").await.0, 200);
    complete("doc_alone").await;
    let alone = signed("doc_alone").await;
    assert_eq!(last("doc_alone").await, (200, alone));

    opened("doc_own").await;
    assert_eq!(sign("doc_own").await.0, 200);
    let before = signed("doc_own").await;
    accept("doc_own", 0, Over::Final, &before).await;
    complete("doc_own").await;
    assert_eq!(last("doc_own").await, (200, before));
    let db = Db::open().await.unwrap();
    let count = "SELECT count(*) FROM final_versions WHERE document_id = ?1";
    let row = db.first(count, ["doc_own".into()]).await.unwrap().unwrap();
    assert_eq!(row.int(0).unwrap(), 0, "nothing is made of it");
}
