//! Signing by a one-time code: on what it rests, who may, and that a wrong phone, a lost agreement or another's account
//! changes nothing.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

mod common;

use common::account::{
    accept, account, agreement, clinic, code, count, document, run, sealed, show, sign,
};
use common::judge::{assert_valid, fits_its_schema};
use common::{ask_json, holds, install, person, text};
use podpis_kit::Db;
use podpis_kit::at_rest::Keys;
use podpis_kit::store::accounts;
use podpis_shared::{Hashes, Kind, Method};
use serde_json::{Value as Json, json};

const SIGNATURES: &str = "SELECT count(*) FROM signatures WHERE document_id = ?1";

/// A clinic with an agreement, and an account that has accepted it with this phone.
async fn agreed(name: &str, phone: &str) -> (String, String, String) {
    install("sign-by-code", &[]).await;
    let clinic = clinic(name).await;
    let (agreement, hashes) = agreement(&clinic, name).await;
    let mine = account(phone).await;
    let act = format!("act-agree-{name}");
    let (status, answer) = accept(&act, &agreement.id, &hashes, None, code(&mine, phone)).await;
    assert_eq!(status, 200, "{answer}");
    let basis = answer["document_id"].as_str().unwrap().to_owned();
    (clinic, mine, basis)
}

#[tokio::test]
async fn a_contract_is_signed_by_a_code() {
    let phone = "+79161000001";
    let (clinic, mine, basis) = agreed("contract", phone).await;
    let hashes = document(
        "doc_contract",
        &clinic,
        Kind::PaidContract,
        Method::Sms,
        Some(phone),
    )
    .await;
    show("doc_contract", &mine, "signer").await;
    let ask_once = || {
        sign(
            "act-contract",
            "doc_contract",
            &hashes,
            "sms",
            code(&mine, phone),
        )
    };
    let (one, other) = tokio::join!(ask_once(), ask_once());
    assert_eq!((one.0, other.0), (200, 200), "{one:?} {other:?}");
    assert_eq!(one.1["status"], "completed");
    assert_eq!(ask_once().await, one);
    let late = sign(
        "act-late",
        "doc_contract",
        &hashes,
        "sms",
        code(&mine, phone),
    )
    .await;
    assert_eq!(late.1["code"], "already_signed");
    assert_eq!(count(SIGNATURES, "doc_contract").await, 1);

    let (_, bundle) = ask_json("GET", "/documents/doc_contract/evidence", &Json::Null).await;
    fits_its_schema(&bundle);
    let signature = &bundle["signatures"][0];
    assert_eq!(signature["agreement"]["document_id"], basis.as_str());
    assert_eq!(signature["agreement"]["how"], "sms");
    assert_eq!(signature["policy"]["rule"], "civil-sms");
    let code = &signature["code"];
    assert_eq!(code["named_by"], json!(["clinic", "account"]));
    assert_eq!(code["document_sha256"], hashes.sha256);
    assert_eq!(code["text"], common::account::TEXT);
    assert_eq!(code["to_masked"], signature["signer"]["phone_masked"]);
    let salt = signature["signer"]["hashed"]["salt"].as_str().unwrap();
    let hash = podpis_evidence::salted(salt, "phone", phone);
    assert_eq!(signature["signer"]["hashed"]["phone"], hash);

    let sql =
        "SELECT data FROM journal WHERE document_id = ?1 AND type = 'document.patient_signed'";
    let event: Json = serde_json::from_str(&text(sql, "doc_contract").await).unwrap();
    assert_eq!(event["agreement"]["document_id"], basis.as_str());

    let pdf = sealed("doc_contract").await;
    assert!(!holds(&pdf, "79161000001"), "the number stands in full");
    assert_valid(&pdf, None).await;
}

#[tokio::test]
async fn a_clinic_may_leave_the_phone_to_the_account() {
    let phone = "+79161000002";
    let (clinic, mine, _) = agreed("unnamed", phone).await;
    let hashes = document("doc_unnamed", &clinic, Kind::PdConsent, Method::Sms, None).await;
    show("doc_unnamed", &mine, "signer").await;
    let (status, answer) = sign(
        "act-unnamed",
        "doc_unnamed",
        &hashes,
        "sms",
        code(&mine, phone),
    )
    .await;
    assert_eq!(status, 200, "{answer}");
    let (_, bundle) = ask_json("GET", "/documents/doc_unnamed/evidence", &Json::Null).await;
    assert_eq!(
        bundle["signatures"][0]["code"]["named_by"],
        json!(["account"])
    );
    assert_valid(&sealed("doc_unnamed").await, None).await;
}

#[tokio::test]
async fn esia_signs_what_was_to_be_signed_by_a_code() {
    let (clinic, _, _) = agreed("stronger", "+79161000003").await;
    let hashes = document(
        "doc_stronger",
        &clinic,
        Kind::PaidContract,
        Method::Sms,
        None,
    )
    .await;
    let mut body = by_esia("doc_stronger", &hashes);
    // A code's method with ESIA's identity is neither.
    body["method"] = "sms".into();
    assert_eq!(
        ask_json("POST", "/sign", &body).await.1["code"],
        "invalid_state"
    );
    body["method"] = "esia".into();
    let (status, answer) = ask_json("POST", "/sign", &body).await;
    assert_eq!(status, 200, "{answer}");
    let (_, bundle) = ask_json("GET", "/documents/doc_stronger/evidence", &Json::Null).await;
    assert_eq!(bundle["signatures"][0]["method"], "esia");
    assert!(bundle["signatures"][0].get("code").is_none());
}

#[tokio::test]
async fn without_an_agreement_of_this_account_clinic_and_phone_there_is_no_code() {
    let (phone, mail) = ("+79161000004", "agreed@example.ru");
    let (clinic, mine, _) = agreed("bare", phone).await;
    let elsewhere = common::account::clinic("elsewhere").await;
    let hashes = document(
        "doc_elsewhere",
        &elsewhere,
        Kind::PaidContract,
        Method::Sms,
        Some(phone),
    )
    .await;
    show("doc_elsewhere", &mine, "signer").await;
    let refused = |act: &'static str, id: &'static str, hashes: Hashes, code: Json| async move {
        let (status, answer) = sign(act, id, &hashes, "sms", code).await;
        assert_eq!(
            (status, &answer["code"]),
            (422, &json!("policy")),
            "{answer}"
        );
        assert_eq!(answer["rule"], "R6", "{answer}");
        assert_eq!(count(SIGNATURES, id).await, 0);
    };
    // Another clinic's agreement.
    refused("act-elsewhere", "doc_elsewhere", hashes, code(&mine, phone)).await;

    // The number changed hands: the earlier owner's agreement is not the new one's.
    let hashes = document(
        "doc_recycled",
        &clinic,
        Kind::PaidContract,
        Method::Sms,
        Some(phone),
    )
    .await;
    run(&format!(
        "UPDATE account_contacts SET ended_at = 1 WHERE value = '{phone}'"
    ))
    .await;
    let next = account(phone).await;
    show("doc_recycled", &next, "signer").await;
    refused(
        "act-recycled",
        "doc_recycled",
        hashes.clone(),
        code(&next, phone),
    )
    .await;
    // And the earlier owner has no phone any more.
    show("doc_recycled", &mine, "signer").await;
    let (_, answer) = sign(
        "act-earlier",
        "doc_recycled",
        &hashes,
        "sms",
        code(&mine, phone),
    )
    .await;
    assert_eq!(answer["code"], "phone_mismatch", "{answer}");

    // Accepted by a code from a letter: it names no phone.
    let clinic = common::account::clinic("letter").await;
    let (agreement, agreed) = agreement(&clinic, "letter").await;
    let reader = account(mail).await;
    let (status, _) = accept(
        "act-letter",
        &agreement.id,
        &agreed,
        None,
        code(&reader, mail),
    )
    .await;
    assert_eq!(status, 200);
    run(&format!(
        "UPDATE account_contacts SET kind = 'phone', value = '+79161000044' WHERE value = '{mail}'"
    ))
    .await;
    let hashes = document("doc_letter", &clinic, Kind::PaidContract, Method::Sms, None).await;
    show("doc_letter", &reader, "signer").await;
    refused(
        "act-letter-2",
        "doc_letter",
        hashes,
        code(&reader, "+79161000044"),
    )
    .await;
}

#[tokio::test]
async fn an_account_that_went_up_in_another_takes_its_agreement_along() {
    let phone = "+79161000005";
    let (clinic, earlier, _) = agreed("merged", phone).await;
    let mine = account("merged@example.ru").await;
    run(&format!(
        "UPDATE account_contacts SET account_id = '{mine}' WHERE value = '{phone}'"
    ))
    .await;
    run(&format!(
        "UPDATE accounts SET merged_into = '{mine}' WHERE id = '{earlier}'"
    ))
    .await;
    let hashes = document(
        "doc_merged",
        &clinic,
        Kind::PaidContract,
        Method::Sms,
        Some(phone),
    )
    .await;
    show("doc_merged", &mine, "signer").await;
    let (_, answer) = sign(
        "act-merged",
        "doc_merged",
        &hashes,
        "sms",
        code(&earlier, phone),
    )
    .await;
    assert_eq!(answer["code"], "signed_out", "{answer}");
    let (status, answer) = sign(
        "act-merged",
        "doc_merged",
        &hashes,
        "sms",
        code(&mine, phone),
    )
    .await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn an_older_version_bears_codes_until_the_new_one_is_accepted() {
    let phone = "+79161000006";
    let (clinic, mine, basis) = agreed("renewed", phone).await;
    agreement(&clinic, "renewed again").await;
    let hashes = document(
        "doc_renewed",
        &clinic,
        Kind::PaidContract,
        Method::Sms,
        Some(phone),
    )
    .await;
    show("doc_renewed", &mine, "signer").await;
    let (status, answer) = sign(
        "act-renewed",
        "doc_renewed",
        &hashes,
        "sms",
        code(&mine, phone),
    )
    .await;
    assert_eq!(status, 200, "{answer}");
    let (_, bundle) = ask_json("GET", "/documents/doc_renewed/evidence", &Json::Null).await;
    assert_eq!(
        bundle["signatures"][0]["agreement"]["document_id"],
        basis.as_str()
    );
}

#[tokio::test]
async fn who_may_not_sign_by_this_code() {
    let phone = "+79161000007";
    let (clinic, mine, _) = agreed("may-not", phone).await;
    let hashes = document(
        "doc_may_not",
        &clinic,
        Kind::PaidContract,
        Method::Sms,
        Some(phone),
    )
    .await;
    let refused = |method: &'static str, code: Json, expected: &'static str| {
        let hashes = hashes.clone();
        async move {
            let (_, answer) = sign("act-may-not", "doc_may_not", &hashes, method, code).await;
            assert_eq!(answer["code"], expected, "{answer}");
        }
    };
    let own = || code(&mine, phone);
    refused("sms", own(), "wrong_person").await;
    for role in ["patient", "none", "stale"] {
        show("doc_may_not", &mine, role).await;
        refused("sms", own(), "wrong_person").await;
    }
    show("doc_may_not", &mine, "signer").await;
    run("UPDATE account_documents SET until = 1 WHERE document_id = 'doc_may_not'").await;
    refused("sms", own(), "wrong_person").await;
    run("UPDATE account_documents SET until = NULL WHERE document_id = 'doc_may_not'").await;

    // Ways that are not its own.
    refused("esia", own(), "invalid_state").await;
    refused("email", own(), "invalid_state").await;
    refused("sms", code(&mine, "may-not@example.ru"), "invalid_state").await;
    refused("email", code(&mine, "may-not@example.ru"), "invalid_state").await;

    // Phones that are not the signer's.
    run(&format!(
        "UPDATE account_contacts SET value = '+79161000077' WHERE value = '{phone}'"
    ))
    .await;
    refused("sms", own(), "phone_mismatch").await;
    refused("sms", code(&mine, "+79161000077"), "phone_mismatch").await;
    run(&format!(
        "UPDATE account_contacts SET value = '{phone}' WHERE value = '+79161000077'"
    ))
    .await;

    // ESIA says that the account is somebody else's.
    let db = Db::open().await.unwrap();
    let keys = Keys::load(&db).await.unwrap();
    let tx = db.begin().await.unwrap();
    let mut other = person();
    other["first_name"] = "Анна".into();
    let other = serde_json::from_value(other).unwrap();
    let at = common::account::now();
    accounts::confirm(&tx, &keys, &mine, "subject", &other, at)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    show("doc_may_not", &mine, "signer").await;
    refused("sms", own(), "wrong_person").await;

    run(&format!(
        "UPDATE accounts SET closed_at = 1 WHERE id = '{mine}'"
    ))
    .await;
    refused("sms", own(), "signed_out").await;
    assert_eq!(count(SIGNATURES, "doc_may_not").await, 0);
    assert_eq!(
        text("SELECT status FROM documents WHERE id = ?1", "doc_may_not").await,
        "sent"
    );
}

#[tokio::test]
async fn no_consent_to_care_is_signed_by_a_code() {
    let phone = "+79161000008";
    let (clinic, mine, _) = agreed("care", phone).await;
    for kind in [
        Kind::Ids,
        Kind::Refusal,
        Kind::TelemedConsent,
        Kind::SecrecyDisclosure,
        Kind::RecordsRequest,
        Kind::MedicalRecordOut,
    ] {
        // As if it had come in so, past every check.
        let id = format!("doc_care_{}", kind.as_str());
        let hashes = document(&id, &clinic, kind, Method::Sms, Some(phone)).await;
        show(&id, &mine, "signer").await;
        let (status, answer) = sign(
            &format!("act-{id}"),
            &id,
            &hashes,
            "sms",
            code(&mine, phone),
        )
        .await;
        assert_eq!(
            (status, &answer["rule"]),
            (422, &json!("R1")),
            "{kind:?}: {answer}"
        );
        assert_eq!(count(SIGNATURES, &id).await, 0);
    }
    // Asked for by ESIA, it takes no code at all.
    let hashes = document(
        "doc_care_esia",
        &clinic,
        Kind::PaidContract,
        Method::Esia,
        Some(phone),
    )
    .await;
    show("doc_care_esia", &mine, "signer").await;
    let (_, answer) = sign(
        "act-care-esia",
        "doc_care_esia",
        &hashes,
        "sms",
        code(&mine, phone),
    )
    .await;
    assert_eq!(answer["code"], "invalid_state", "{answer}");
}

fn by_esia(document: &str, hashes: &Hashes) -> Json {
    json!({
        "document_id": document, "act_id": format!("act-{document}"), "method": "esia",
        "act": {
            "sha256": hashes.sha256, "streebog256": hashes.streebog256,
            "consent": {"version": "1", "statement": "Согласна.", "button": "Подписать"},
            "presentation": {"total_ms": 1, "pages": [], "reached_end": true, "downloaded": false},
            "started_at": "2026-11-22T11:00:00Z", "client_addr": null, "user_agent": null,
        },
        "identity": {"esia": {
            "person": person(), "subject": "1000000001", "session": "sid",
            "auth_time": "2026-11-22T11:00:30Z", "id_token": "a.b.c", "key_sha256": "00", "key_pem": "",
            "verified_at": "2026-11-22T11:00:31Z",
        }},
    })
}
