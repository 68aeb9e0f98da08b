//! Accepting a clinic's user agreement: what stands then, what is refused, and that it happens once.

mod common;

use common::account::{
    PHONE, accept, account, agreement, clinic, code, count, document, run, sealed,
};
use common::judge::{assert_valid, fits_its_schema};
use common::{ask, ask_json, holds, install, person, text};
use podpis_kit::Db;
use podpis_kit::store::agreements;
use podpis_shared::{Hashes, Kind, Method};
use serde_json::{Value as Json, json};

const DOCUMENTS: &str = "SELECT count(*) FROM documents WHERE clinic_id = ?1";
const ACCEPTANCES: &str = "SELECT count(*) FROM acceptances WHERE clinic_id = ?1";

#[tokio::test]
async fn the_holder_of_a_phone_accepts() {
    install("accept", &[]).await;
    let clinic = clinic("holder").await;
    let (agreement, hashes) = agreement(&clinic, "holder").await;
    let mine = account("+79160000001").await;
    let (status, answer) = accept(
        "act-holder",
        &agreement.id,
        &hashes,
        None,
        code(&mine, "+79160000001"),
    )
    .await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["document_id"].as_str().unwrap();

    let row = text("SELECT kind || ' ' || method || ' ' || delivery || ' ' || status FROM documents WHERE id = ?1", id).await;
    assert_eq!(row, "user_agreement sms account completed");
    let name = text("SELECT name FROM signatures WHERE document_id = ?1", id).await;
    assert_eq!(name, "владелец номера +7 *** ***-00-01");
    assert_eq!(
        count(
            "SELECT count(*) FROM addressees WHERE document_id = ?1 AND kind = 'phone'",
            id
        )
        .await,
        1
    );
    let role = text(
        "SELECT role FROM account_documents WHERE document_id = ?1 AND seen_at IS NOT NULL",
        id,
    )
    .await;
    assert_eq!(role, "signer");

    let db = Db::open().await.unwrap();
    let all = agreements::acceptances(&db, &clinic, 0, 10).await.unwrap();
    assert_eq!((all.len(), all[0].position, all[0].version), (1, 1, 1));
    assert_eq!(all[0].phone.as_deref(), Some("+79160000001"));
    assert!(!all[0].person.is_named() && all[0].document_id == id);
    let basis = agreements::valid_for_phone(&db, &clinic, &mine, "+79160000001")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (basis.document_id.as_str(), basis.how.as_str()),
        (id, "sms")
    );
    assert_eq!(basis.sha256, hashes.sha256);

    // The public event, without anybody's number.
    let data = text("SELECT data FROM journal WHERE document_id = ?1 AND type = 'agreement.accepted' AND public = 1", id).await;
    let event: Json = serde_json::from_str(&data).unwrap();
    assert_eq!(
        (&event["version"], &event["method"], &event["rule"]),
        (&json!(1), &json!("sms"), &json!("user-agreement-sms"))
    );
    assert_eq!(event["sha256"], hashes.sha256);
    assert_eq!(event["signed_sha256"], Hashes::of(&sealed(id).await).sha256);
    assert!(!data.contains("0000001"), "{data}");
}

#[tokio::test]
async fn the_sealed_agreement_proves_itself_and_names_no_number() {
    install("accept", &[]).await;
    let clinic = clinic("sealed").await;
    let (agreement, hashes) = agreement(&clinic, "sealed").await;
    let mine = account("+79160000002").await;
    let named = Some(person());
    let (status, answer) = accept(
        "act-sealed",
        &agreement.id,
        &hashes,
        named,
        code(&mine, "+79160000002"),
    )
    .await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["document_id"].as_str().unwrap();
    let pdf = sealed(id).await;
    assert!(!holds(&pdf, "79160000002"), "the number stands in full");
    let name = text("SELECT name FROM signatures WHERE document_id = ?1", id).await;
    assert_eq!(name, "Иванова Мария Петровна");

    let (_, bundle) = ask_json("GET", &format!("/documents/{id}/evidence"), &Json::Null).await;
    fits_its_schema(&bundle);
    let signature = &bundle["signatures"][0];
    assert_eq!(signature["code"]["named_by"], json!(["account"]));
    assert_eq!(signature["code"]["document_sha256"], hashes.sha256);
    assert!(signature.get("esia").is_none() && signature.get("agreement").is_none());
    let published = agreement.created_at.to_string();
    assert_eq!(bundle["document"]["received_at"], published.as_str());
    let whats: Vec<&str> = bundle["times"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["what"].as_str().unwrap())
        .collect();
    assert_eq!(
        whats,
        [
            "received",
            "sign_started",
            "code_issued",
            "code_sent",
            "code_verified",
            "signed",
            "completed"
        ]
    );
    assert_valid(&pdf, None).await;
    let (_, newer) = ask("GET", &format!("/documents/{id}/evidence"), Vec::new()).await;
    assert_valid(&pdf, Some(&newer)).await;
}

#[tokio::test]
async fn it_is_accepted_once() {
    install("accept", &[]).await;
    let clinic = clinic("once").await;
    let (agreement, hashes) = agreement(&clinic, "once").await;
    let mine = account("+79160000003").await;
    let ask = |act: &'static str| {
        accept(
            act,
            &agreement.id,
            &hashes,
            None,
            code(&mine, "+79160000003"),
        )
    };
    let (one, other) = tokio::join!(ask("act-once"), ask("act-once"));
    assert_eq!((one.0, other.0), (200, 200), "{one:?} {other:?}");
    assert_eq!(one.1, other.1);
    // The same account with the same phone in another act, and a repeat of the first.
    assert_eq!(ask("act-again").await, one);
    assert_eq!(ask("act-once").await, one);
    assert_eq!(count(DOCUMENTS, &clinic).await, 1);
    assert_eq!(count(ACCEPTANCES, &clinic).await, 1);

    // Who has a new phone accepts for that one.
    run("UPDATE account_contacts SET value = '+79160000033' WHERE value = '+79160000003'").await;
    let (status, answer) = accept(
        "act-new",
        &agreement.id,
        &hashes,
        None,
        code(&mine, "+79160000033"),
    )
    .await;
    assert_eq!(status, 200, "{answer}");
    assert_ne!(answer, one.1);
    assert_eq!(count(ACCEPTANCES, &clinic).await, 2);
}

#[tokio::test]
async fn an_address_accepts_too_but_names_no_phone() {
    install("accept", &[]).await;
    let clinic = clinic("mail").await;
    let (agreement, hashes) = agreement(&clinic, "mail").await;
    let mine = account("maria@example.ru").await;
    let (status, answer) = accept(
        "act-mail",
        &agreement.id,
        &hashes,
        Some(person()),
        code(&mine, "maria@example.ru"),
    )
    .await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["document_id"].as_str().unwrap();
    assert_eq!(
        text("SELECT method FROM documents WHERE id = ?1", id).await,
        "email"
    );
    let db = Db::open().await.unwrap();
    assert!(
        agreements::valid_for_phone(&db, &clinic, &mine, PHONE)
            .await
            .unwrap()
            .is_none()
    );
    let pdf = sealed(id).await;
    assert!(!holds(&pdf, "maria@example.ru"));
    assert_valid(&pdf, None).await;
    let (_, bundle) = ask_json("GET", &format!("/documents/{id}/evidence"), &Json::Null).await;
    fits_its_schema(&bundle);
}

#[tokio::test]
async fn what_is_refused_changes_nothing() {
    install("accept", &[]).await;
    let clinic = clinic("refused").await;
    let (old, old_hashes) = agreement(&clinic, "refused 1").await;
    let (agreement, hashes) = agreement(&clinic, "refused 2").await;
    assert_eq!(agreement.version, 2);
    let mine = account("+79160000004").await;
    let other = account("+79160000005").await;
    let closed = account("+79160000006").await;
    run(&format!(
        "UPDATE accounts SET closed_at = 1 WHERE id = '{closed}'"
    ))
    .await;
    let own = || code(&mine, "+79160000004");
    let mut child = person();
    child["birth_date"] = "2020-01-01".into();
    let mut foreign = own();
    foreign["channel"] = "pigeon".into();

    let cases = [
        ("consent_changed", &old, &old_hashes, None, own()),
        ("hash_mismatch", &agreement, &old_hashes, None, own()),
        (
            "phone_mismatch",
            &agreement,
            &hashes,
            None,
            code(&mine, "+79160000005"),
        ),
        (
            "phone_mismatch",
            &agreement,
            &hashes,
            None,
            code(&other, "+79160000009"),
        ),
        (
            "signed_out",
            &agreement,
            &hashes,
            None,
            code(&closed, "+79160000006"),
        ),
        ("policy", &agreement, &hashes, Some(child), own()),
        ("invalid", &agreement, &hashes, None, foreign),
    ];
    for (expected, agreement, hashes, named, code) in cases {
        let (_, answer) = accept("act-refused", &agreement.id, hashes, named, code).await;
        assert_eq!(answer["code"], expected, "{answer}");
    }
    let (status, _) = accept("act-refused", "agr_none", &hashes, None, own()).await;
    assert_eq!(status, 404);
    assert_eq!(count(DOCUMENTS, &clinic).await, 0);
    assert_eq!(count(ACCEPTANCES, &clinic).await, 0);
    assert_eq!(
        count("SELECT count(*) FROM journal WHERE clinic_id = ?1", &clinic).await,
        0
    );

    // A code of one account in another's name.
    let mut body = json!({"agreement_id": agreement.id, "account_id": other, "act_id": "act-refused", "person": null});
    body["identity"] = json!({ "code": own() });
    body["act"] = json!({
        "sha256": hashes.sha256, "streebog256": hashes.streebog256,
        "consent": {"version": "1", "statement": "Согласна.", "button": "Принять"},
        "presentation": {"total_ms": 1, "pages": [], "reached_end": true, "downloaded": false},
        "started_at": "2026-11-22T11:00:00Z", "client_addr": null, "user_agent": null,
    });
    let (_, answer) = ask_json("POST", "/accept", &body).await;
    assert_eq!(answer["code"], "invalid", "{answer}");

    // ESIA's person in an account that ESIA has not confirmed, and in one that is closed: nobody's word but the account's own.
    body["identity"] = json!({"esia": {
        "person": person(), "subject": "1000000001", "session": "sid", "auth_time": "2026-11-22T11:00:30Z",
        "id_token": "a.b.c", "key_sha256": "00", "key_pem": "", "verified_at": "2026-11-22T11:00:31Z",
    }});
    for (account, expected) in [(&mine, "wrong_person"), (&closed, "signed_out")] {
        body["account_id"] = account.as_str().into();
        let (_, answer) = ask_json("POST", "/accept", &body).await;
        assert_eq!(answer["code"], expected, "{answer}");
    }
    assert_eq!(count(ACCEPTANCES, &clinic).await, 0);
}

#[tokio::test]
async fn an_agreement_by_esia_bears_codes_too() {
    install("accept", &[]).await;
    let clinic = clinic("edo").await;
    let mine = account("+79160000007").await;
    document(
        "doc_edo",
        &clinic,
        Kind::EdoAgreement,
        Method::Esia,
        Some("+79160000007"),
    )
    .await;
    let basis = || async {
        let db = Db::open().await.unwrap();
        agreements::valid_for_phone(&db, &clinic, &mine, "+79160000007")
            .await
            .unwrap()
    };
    run("UPDATE documents SET status = 'completed', signed_at = 5 WHERE id = 'doc_edo'").await;
    run(
        "INSERT INTO signatures (id, document_id, party, name, method, signed_at, evidence) \
         VALUES ('sig_edo', 'doc_edo', 'patient', '', 'esia', 5, '')",
    )
    .await;
    assert!(basis().await.is_none(), "nobody's agreement yet");
    common::account::show("doc_edo", &mine, "patient").await;
    assert!(basis().await.is_none(), "somebody else signed it");
    common::account::show("doc_edo", &mine, "signer").await;
    let found = basis().await.unwrap();
    assert_eq!(
        (found.document_id.as_str(), found.how.as_str()),
        ("doc_edo", "esia")
    );
    run("UPDATE documents SET status = 'cancelled' WHERE id = 'doc_edo'").await;
    assert!(basis().await.is_none());
}
