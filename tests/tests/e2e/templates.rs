//! Documents made of templates: filled, read, signed and proven like any other.

use crate::verify::{expect, file, now, trust};
use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::client::Reply;
use podpis_tests::{Clinic, Person, Stack, Upload, judges};
use podpis_verify::{Input, Verdict, verify};
use serde_json::{Map, Value, json};

/// A clinic whose settings have all that templates say of it.
fn clinic(stack: &Stack) -> Result<Clinic> {
    let mut clinic = stack.clinic()?;
    let details = json!({"address": "119021, г. Москва, ул. Примерная, д. 12", "license": "Л041-00000 от 14.02.2022"});
    put_settings(&mut clinic, &json!({"details": details}))?.expect(200)?;
    Ok(clinic)
}

fn put_settings(clinic: &mut Clinic, settings: &Value) -> Result<Reply> {
    let headers = [("content-type", "application/json")];
    let body = settings.to_string().into_bytes();
    clinic.send(Method::PUT, "/api/v1/settings", &headers, Some(body))
}

/// A value for each field that the caller gives and the template needs.
fn fields(template: &Value, represented: bool) -> Result<Value> {
    let listed = template["fields"].as_array().context("fields")?;
    let mut fields = Map::new();
    for field in listed.iter().filter(|field| field["source"] == "caller") {
        let needed =
            field["required"] == true || (represented && field["required_if_represented"] == true);
        if needed {
            let name = field["name"].as_str().context("name")?;
            fields.insert(name.to_owned(), json!(format!("Значение «{name}»")));
        }
    }
    Ok(Value::Object(fields))
}

/// A document of Иванова that names a template in place of a file.
fn upload(template: &Value, fields: Value) -> Upload {
    Upload::consent(Person::IVANOVA, Vec::new())
        .with("/kind", template["kind"].clone())
        .with("/title", template["title"].clone())
        .with("/template", json!({"id": template["id"], "fields": fields}))
}

fn template(clinic: &mut Clinic, id: &str) -> Result<Value> {
    clinic
        .get(&format!("/api/v1/templates/{id}"))?
        .expect(200)?
        .json()
}

#[test]
fn a_document_of_each_template_is_signed_and_proves_itself() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = clinic(stack)?;
    let list = clinic.get("/api/v1/templates")?.expect(200)?.json()?;
    let templates = list["items"].as_array().context("items")?;
    let ids: Vec<_> = templates
        .iter()
        .filter_map(|one| one["id"].as_str())
        .collect();
    ensure!(
        ids == [
            "ids",
            "refusal",
            "telemed_consent",
            "pd_consent",
            "edo_agreement"
        ],
        "{ids:?}"
    );
    let trust = trust(stack)?;
    for one in templates {
        let id = one["id"].as_str().context("id")?;
        ensure!(template(&mut clinic, id)? == *one);
        let (document, link) = clinic.send_with_link(&upload(one, fields(one, false)?))?;
        let reference = json!({"id": id, "version": one["version"]});
        ensure!(clinic.document(&document)?["template"] == reference);
        // The page hashes what it shows: signing compares the bytes.
        stack.patient(&link)?.sign_as("ivanova")?.expect(200)?;
        let original = file(&mut clinic, &document, "original")?;
        let signed = file(&mut clinic, &document, "signed")?;
        ensure!(
            signed.starts_with(&original),
            "{id}: the original is the first revision"
        );
        judges::judge(&original, &signed).with_context(|| id.to_owned())?;
        let evidence: Value = serde_json::from_slice(&file(&mut clinic, &document, "evidence")?)?;
        judges::fits_its_schema(&evidence)?;
        ensure!(
            evidence["document"]["template"] == reference,
            "{id}: {}",
            evidence["document"]
        );
        let report = verify(Input {
            pdf: &signed,
            clinic_signature: None,
            newer_evidence: None,
            trust: Some(&trust),
            now: now(),
        });
        expect(&report, Verdict::Valid).with_context(|| id.to_owned())?;
    }
    let list = clinic.get("/api/v1/documents")?.expect(200)?.json()?;
    let listed = list["items"].as_array().context("items")?;
    ensure!(
        listed.len() == 5
            && listed
                .iter()
                .all(|one| one["template"]["version"].is_string())
    );
    Ok(())
}

#[test]
fn what_a_template_lacks_is_named_and_nothing_is_kept() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let pd = template(&mut clinic, "pd_consent")?;
    let whole = fields(&pd, false)?;
    let refuse = |clinic: &mut Clinic, upload: &Upload, code: &str, needle: &str| -> Result<()> {
        let problem = clinic.upload(upload)?.problem(422, code)?;
        ensure!(problem["detail"].to_string().contains(needle), "{problem}");
        Ok(())
    };
    // The clinic has not said its address.
    refuse(
        &mut clinic,
        &upload(&pd, whole.clone()),
        "template_fields",
        "missing: clinic.address",
    )?;
    put_settings(
        &mut clinic,
        &json!({"details": {"address": "а".repeat(301)}}),
    )?
    .problem(422, "invalid")?;
    put_settings(&mut clinic, &json!({"details": {"address": "г. Москва"}}))?.expect(200)?;
    for (name, value, needle) in [
        ("pd.purpose", " ", "missing: pd.purpose"),
        (
            "pd.term",
            &*"я".repeat(301),
            "too long: pd.term (at most 300 characters)",
        ),
        (
            "patient.full_name",
            "Другой Человек",
            "unknown: patient.full_name",
        ),
        ("диагноз", "нет", "unknown: диагноз"),
        (
            "representative.address",
            "г. Москва",
            "unknown: representative.address",
        ),
        ("pd.data", "имя 漢字", "pd.data (U+6F22, U+5B57)"),
    ] {
        let mut fields = whole.clone();
        fields[name] = json!(value);
        refuse(&mut clinic, &upload(&pd, fields), "template_fields", needle)
            .with_context(|| name.to_owned())?;
    }
    let good = || upload(&pd, whole.clone());
    refuse(
        &mut clinic,
        &good().with("/kind", json!("ids")),
        "invalid",
        "kind `pd_consent`",
    )?;
    refuse(
        &mut clinic,
        &good().with("/template/id", json!("nothing")),
        "invalid",
        "in force",
    )?;
    refuse(
        &mut clinic,
        &good().with("/template/version", json!("1999-01")),
        "invalid",
        "in force",
    )?;
    let both = Upload::small().with("/kind", json!("pd_consent"));
    let both = both.with("/template", json!({"id": "pd_consent", "fields": whole}));
    clinic.upload(&both)?.problem(400, "bad_request")?;
    let list = clinic.get("/api/v1/documents")?.expect(200)?.json()?;
    ensure!(list["items"] == json!([]), "{list}");

    // Mended, it comes once, however often it is sent.
    let once = good().key("template-1");
    let first = clinic.upload(&once)?.expect(201)?;
    ensure!(clinic.upload(&once)?.expect(201)?.body == first.body);
    Ok(())
}

#[test]
fn a_child_is_represented_and_a_preview_keeps_nothing() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = clinic(stack)?;
    let ids = template(&mut clinic, "ids")?;
    let parent = Upload::consent(Person::IVANOVA, Vec::new()).document["patient"].clone();
    let mut representative = parent;
    representative["basis"] = json!("мать, свидетельство о рождении VI-МЮ № 000042");
    representative["record_ref"] = json!("карта 42");
    let child = json!({"last_name": "Константинопольская-Ёлкина", "first_name": "Алёна", "birth_date": "2019-05-01"});
    let sent = upload(&ids, fields(&ids, true)?)
        .with("/patient", child)
        .with("/representative", representative);
    let id = clinic.send_document(&sent)?;
    let pdf = file(&mut clinic, &id, "original")?;
    let text = judges::text(&pdf)?;
    for words in [
        "Константинопольская-Ёлкина Алёна",
        "Иванова Мария Петровна",
        "VI-МЮ № 000042",
        "01.05.2019",
    ] {
        ensure!(text.contains(words), "{words} is not in\n{text}");
    }

    let mut all = fields(&ids, false)?;
    all["patient.full_name"] = json!("Пример Пётр");
    all["patient.birth_date"] = json!("1990-01-31");
    let path = "/api/v1/templates/ids/preview";
    let reply = clinic.post(path, &json!({"fields": all}))?.expect(200)?;
    ensure!(judges::text(&reply.body)?.contains("Пример Пётр"));
    let reply = clinic.post(path, &json!({"fields": {"clinic.name": "Чужая"}}))?;
    let problem = reply.problem(422, "template_fields")?;
    ensure!(
        problem["detail"]
            .to_string()
            .contains("unknown: clinic.name"),
        "{problem}"
    );
    for path in [
        "/api/v1/templates/nothing",
        "/api/v1/templates/ids?version=1999-01",
    ] {
        clinic.get(path)?.problem(404, "not_found")?;
    }
    clinic
        .post("/api/v1/templates/nothing/preview", &json!({}))?
        .problem(404, "not_found")?;
    stack
        .anonymous()
        .get("/api/v1/templates")?
        .problem(401, "unauthorized")?;
    let list = clinic.get("/api/v1/documents")?.expect(200)?.json()?;
    ensure!(list["items"].as_array().map(Vec::len) == Some(1), "{list}");
    Ok(())
}
