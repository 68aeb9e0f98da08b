//! Documents that were signed elsewhere and that a clinic sends for keeping: read and saved, never signed here.

mod signatures;

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::ukep::{OWN, SIGNER, Tools};
use podpis_tests::{Account, Clinic, Person, Right, Stack, Upload, judges, pdf, wait_for};
use serde_json::{Value, json};

/// A one-page document of Иванова for keeping, to a phone of its own.
fn kept() -> Upload {
    Upload::small().for_keeping()
}

#[test]
fn it_is_complete_as_it_comes_and_the_bytes_are_kept() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = kept().key("kept-1");
    let first = clinic.upload(&upload)?.expect(201)?;
    let document = first.json()?;
    ensure!(
        document["purpose"] == "keeping" && document["status"] == "completed",
        "{document}"
    );
    for absent in ["method", "parties", "expires_at", "opened_at", "signed_at"] {
        ensure!(document[absent].is_null(), "{absent}: {document}");
    }
    ensure!(document["completed_at"] == document["created_at"]);
    ensure!(document["signatures"] == json!([]), "{document}");
    ensure!(clinic.upload(&upload)?.expect(201)?.body == first.body);
    let id = document["id"].as_str().context("id")?.to_owned();
    ensure!(clinic.document(&id)? == document);
    let list = clinic
        .get("/api/v1/documents?status=completed")?
        .expect(200)?
        .json()?;
    ensure!(list["items"] == json!([document]), "{list}");

    let path = |what: &str| format!("/api/v1/documents/{id}/{what}");
    ensure!(clinic.get(&path("original"))?.expect(200)?.body == upload.pdf);
    clinic.get(&path("signed"))?.problem(409, "not_signed")?;
    let refused = clinic
        .post(&path("remind"), &json!({}))?
        .problem(409, "invalid_state")?;
    ensure!(
        refused["detail"].to_string().contains("for keeping"),
        "{refused}"
    );

    let evidence = clinic.get(&path("evidence"))?.expect(200)?.json()?;
    judges::fits_its_schema(&evidence)?;
    let told = &evidence["document"];
    ensure!(
        told["purpose"] == "keeping" && told.get("expires_at").is_none(),
        "{told}"
    );
    ensure!(evidence["signatures"] == json!([]));
    let moments: Vec<&Value> = evidence["times"]
        .as_array()
        .context("times")?
        .iter()
        .map(|moment| &moment["what"])
        .collect();
    ensure!(moments == ["received"], "{moments:?}");
    let proof = clinic.get(&path("proof"))?.expect(200)?.json()?;
    ensure!(
        proof["entries"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    );

    let events = clinic.events()?;
    let sent: Vec<&Value> = events
        .iter()
        .filter(|event| event["type"] == "document.sent")
        .collect();
    ensure!(sent.len() == 1, "{events:?}");
    let data = &sent[0]["data"];
    ensure!(
        data["purpose"] == "keeping" && data["sha256"] == document["sha256"],
        "{data}"
    );
    ensure!(data.get("method").is_none(), "{data}");
    Ok(())
}

#[test]
fn what_contradicts_keeping_is_refused() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    for (pointer, value) in [
        ("/method", json!("esia")),
        ("/method", json!("sms")),
        ("/parties", json!("patient")),
        ("/expires_at", json!("2027-01-01T00:00:00Z")),
        ("/delivery", json!("link")),
    ] {
        let refused = clinic
            .upload(&kept().with(pointer, value))?
            .problem(422, "invalid")?;
        let detail = refused["detail"].as_str().unwrap_or_default();
        let field = pointer.trim_start_matches('/');
        ensure!(
            detail.contains(field) && detail.contains("keeping"),
            "{pointer}: {detail}"
        );
    }
    clinic
        .upload(&kept().with("/purpose", json!("storage")))?
        .problem(422, "invalid")?;
    // What is to be signed still says how and by whom.
    for field in ["method", "parties"] {
        let mut upload = Upload::by_code(Person::IVANOVA).with("/purpose", json!("signing"));
        upload
            .document
            .as_object_mut()
            .context("no object")?
            .remove(field);
        let refused = clinic.upload(&upload)?.problem(422, "invalid")?;
        ensure!(refused["detail"].to_string().contains(field), "{refused}");
    }
    // Files are looked at as ever, and so is who may receive them.
    clinic
        .upload(&kept().file(pdf::with_javascript()))?
        .problem(422, "active_content")?;
    let child = kept().with("/patient/birth_date", json!("2020-02-02"));
    ensure!(clinic.upload(&child)?.problem(422, "policy")?["rule"] == "R3");
    let grown = for_child(&kept()).with("/patient/birth_date", json!("1999-02-02"));
    ensure!(clinic.upload(&grown)?.problem(422, "policy")?["rule"] == "R3");
    ensure!(clinic.events()?.is_empty(), "something is kept");
    Ok(())
}

#[test]
fn the_person_reads_and_saves_it_and_cannot_sign_it() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    clinic.publish_agreement()?;
    let upload = kept();
    let id = clinic.send_document(&upload)?;
    let mut account = stack.account();
    let view = account.sign_in(&upload.phone)?;
    ensure!(
        (view.to_sign, view.signed, view.all, view.unread) == (0, 0, 1, 1),
        "{view:?}"
    );
    account
        .sign_by_code(Right::Agreement(&clinic.id), &upload.phone)?
        .expect(200)?;
    let items = account.documents("all")?.items;
    let item = items
        .iter()
        .find(|item| item.id == id)
        .context("not listed")?;
    ensure!(
        item.kept && item.unread && !item.mine_to_sign && item.signed_at.is_none(),
        "{item:?}"
    );
    for filter in ["to_sign", "signed"] {
        let items = account.documents(filter)?.items;
        ensure!(items.iter().all(|item| item.id != id), "{filter}");
    }

    let right = Right::Document(&id);
    let shown = account.document(right)?;
    ensure!(
        shown["kept"] == true && shown["ways"] == json!([]) && shown["signed_at"].is_null(),
        "{shown}"
    );
    let file = account.send(Method::GET, right, "/patient/document/file", None)?;
    ensure!(file.expect(200)?.body == upload.pdf);
    for what in ["signed", "evidence"] {
        let path = format!("/patient/document/{what}");
        account
            .send(Method::GET, right, &path, None)?
            .problem(409, "not_signed")?;
    }
    refuses_every_act(&mut account, &id, &shown)?;
    ensure!(
        clinic.event_types(&id)? == ["document.sent"],
        "an act left a trace"
    );

    for _ in 0..2 {
        account
            .send(
                Method::POST,
                right,
                "/patient/document/opened",
                Some(&json!({})),
            )?
            .expect(200)?;
    }
    ensure!(clinic.event_types(&id)? == ["document.sent", "document.opened"]);
    let document = clinic.document(&id)?;
    ensure!(
        document["status"] == "completed" && document["opened_at"].is_string(),
        "{document}"
    );
    ensure!(document["signed_at"].is_null(), "{document}");
    refuses_every_act(&mut account, &id, &shown)?;
    ensure!(account.view()?.unread == 0);
    let history = account
        .send(Method::GET, right, "/patient/document/history", None)?
        .expect(200)?
        .text();
    ensure!(history.contains("на хранение") && history.contains("Вы открыли"));
    let own = account.get("/export")?.expect(200)?.json()?;
    let exported = own["documents"]
        .as_array()
        .and_then(|all| all.iter().find(|one| one["id"] == id.as_str()))
        .context("not in the person's export")?;
    ensure!(
        exported["purpose"] == "keeping" && exported["expires_at"].is_null(),
        "{exported}"
    );
    // It stays with the clinic for as long as one that was signed here.
    let erase = account.get("/erase")?.expect(200)?.text();
    ensure!(
        erase.contains("Подписанные договоры") && !erase.contains("Неподписанные"),
        "{erase}"
    );
    Ok(())
}

/// Declining, a code, and Gosuslugi: none of them is for what is kept.
fn refuses_every_act(account: &mut Account, id: &str, shown: &Value) -> Result<()> {
    let act = json!({
        "sha256": shown["sha256"], "streebog256": shown["streebog256"],
        "consent_version": shown["consent"]["version"],
        "presentation": {
            "total_ms": 20_000, "pages": [{"page": 1, "painted_ms": 300, "visible_ms": 1_500}],
            "reached_end": true, "downloaded": false, "downloads": 0,
        },
    });
    for (path, body) in [
        ("/patient/document/decline", json!({"reason": null})),
        ("/patient/document/code", act.clone()),
        ("/esia/start", act),
    ] {
        let refused = account
            .send(Method::POST, Right::Document(id), path, Some(&body))?
            .problem(409, "invalid_state")
            .context(path)?;
        ensure!(
            refused["detail"].to_string().contains("на хранение"),
            "{path}: {refused}"
        );
    }
    let typed = json!({"code_id": "code_x", "code": "123456"});
    let path = "/patient/document/sign";
    account
        .send(Method::POST, Right::Document(id), path, Some(&typed))?
        .problem(410, "code_expired")?;
    Ok(())
}

#[test]
fn a_letter_tells_of_it_and_asks_for_nothing() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = kept();
    let email = format!("kept{}@example.ru", upload.phone.trim_start_matches('+'));
    let id = clinic.send_document(&upload.clone().with("/patient/email", json!(email)))?;
    let letter = wait_for("a letter", || {
        Ok(stack.sandbox().messages(&email)?.into_iter().next())
    })?;
    let words = format!("{}\n{}", letter["subject"], letter["text"]);
    ensure!(
        words.contains("на хранение") && words.contains(&format!("/account/document#{id}")),
        "{words}"
    );
    ensure!(
        !words.contains("ждёт") && !words.contains("подпишите") && !words.contains("9999"),
        "{words}"
    );
    for secret in ["Иванова", "Мария", "Договор", upload.phone.as_str()] {
        ensure!(!words.contains(secret), "{secret}: {words}");
    }
    wait_for("message.delivered", || {
        let events = clinic.events()?;
        let told = events
            .iter()
            .any(|event| event["type"] == "message.delivered");
        Ok(told.then_some(()))
    })
}

#[test]
fn a_clinic_may_take_it_away_again() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let upload = kept();
    let id = clinic.send_document(&upload)?;
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    let cancelled = clinic
        .post(
            &format!("/api/v1/documents/{id}/cancel"),
            &json!({"reason": "не тому человеку"}),
        )?
        .expect(200)?
        .json()?;
    ensure!(cancelled["status"] == "cancelled", "{cancelled}");
    clinic
        .post(&format!("/api/v1/documents/{id}/cancel"), &json!({}))?
        .problem(409, "invalid_state")?;
    let shown = account.document(Right::Document(&id))?;
    ensure!(
        shown["title"] == "Документ отозван" && shown.get("kept").is_none(),
        "{shown}"
    );
    let items = account.documents("all")?.items;
    ensure!(items.len() == 1 && !items[0].kept, "{items:?}");
    account
        .send(
            Method::GET,
            Right::Document(&id),
            "/patient/document/file",
            None,
        )?
        .problem(409, "invalid_state")?;
    account
        .send(
            Method::POST,
            Right::Document(&id),
            "/patient/document/opened",
            Some(&json!({})),
        )?
        .expect(200)?;
    ensure!(clinic.event_types(&id)? == ["document.sent", "document.cancelled"]);
    // What was signed here is not taken away.
    let signed = Upload::by_code(Person::IVANOVA)
        .with("/kind", json!("pd_consent"))
        .with("/method", json!("esia"));
    let signed_id = clinic.send_document(&signed)?;
    let mut signer = stack.account();
    signer.sign_in(&signed.phone)?;
    signer.sign_by_esia(&signed_id, "ivanova")?.expect(200)?;
    clinic
        .post(&format!("/api/v1/documents/{signed_id}/cancel"), &json!({}))?
        .problem(409, "invalid_state")?;
    Ok(())
}

/// A document for a child that Иванова receives.
fn for_child(parent: &Upload) -> Upload {
    parent
        .clone()
        .with(
            "/patient",
            json!({"last_name": "Иванов", "first_name": "Пётр", "birth_date": "2020-02-02"}),
        )
        .with("/representative", json!({
            "last_name": "Иванова", "first_name": "Мария", "middle_name": "Петровна", "birth_date": "1985-03-12",
            "snils": "11223344595", "phone": parent.phone, "basis": "мать", "record_ref": "карта 1",
        }))
}

#[test]
fn a_parent_keeps_a_childs_documents_by_name() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let own = kept();
    let id = clinic.send_document(&for_child(&own))?;
    let mut account = stack.account();
    account.sign_in(&own.phone)?;
    let items = account.documents("all")?.items;
    ensure!(
        items.len() == 1
            && items[0].kept
            && items[0].on_behalf_of.as_deref() == Some("Иванов Пётр"),
        "{items:?}"
    );
    let shown = account.document(Right::Document(&id))?;
    ensure!(shown["about"]["name"] == "Иванов Пётр", "{shown}");
    Ok(())
}
