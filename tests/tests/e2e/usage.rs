//! What a clinic pays for: every thing once, whatever is repeated; at the price of its day; closed months stay.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_tests::client::Reply;
use podpis_tests::{Clinic, Person, Right, Sandbox, Stack, Upload, wait_for};
use serde_json::{Value, json};

/// Documents of the long test; every third is left unsigned.
const DOCUMENTS: usize = 12;

#[test]
fn the_ledger_equals_the_truth_whatever_is_repeated() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let mut truth: BTreeMap<&str, u64> = BTreeMap::from([("connection", 1)]);
    let mut phones = Vec::new();
    for number in 0..DOCUMENTS {
        let kind = if number % 4 == 0 {
            "telemed_consent"
        } else {
            "ids"
        };
        let upload = Upload::small()
            .with("/kind", kind.into())
            .key(&format!("usage-{number}"));
        let (id, link) = clinic.send_with_link(&upload)?;
        for _ in 0..2 {
            ensure!(clinic.send_document(&upload)? == id, "the key was not kept");
        }
        // The same key with another body is refused, and counts nothing.
        let other = upload.clone().with("/title", "Другое".into());
        clinic
            .upload(&other)?
            .problem(409, "idempotency_conflict")?;
        *truth.entry("storage").or_default() += 1;
        phones.push(upload.phone.clone());
        if number % 3 == 0 {
            continue;
        }
        let mut patient = stack.patient(&link)?;
        let act = patient.read()?;
        let callback = patient.sign_in(&act, "ivanova", true)?;
        // The page of an impatient person: the same request at once, and again.
        let many = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..3)
                .map(|_| {
                    let (mut patient, callback) = (patient.clone(), callback.clone());
                    scope.spawn(move || patient.complete(&callback))
                })
                .collect();
            threads
                .into_iter()
                .filter_map(|thread| thread.join().ok())
                .collect::<Vec<_>>()
        });
        ensure!(many.len() == 3);
        patient.complete(&callback)?.expect(200)?;
        let item = if kind == "ids" {
            "document_signed"
        } else {
            "telemed_consent"
        };
        *truth.entry(item).or_default() += 1;
    }
    by_code(stack, &mut clinic, &mut truth, &mut phones)?;
    // A refused upload is stored nowhere.
    clinic
        .upload(&Upload::small().file(b"no PDF".to_vec()))?
        .problem(415, "not_pdf")?;
    let parts = sms_parts(&mut stack.sandbox(), &phones)?;
    truth.insert("sms_part", parts);

    // The last messages are on their way.
    let usage = wait_for("the ledger", || {
        let usage = usage(&mut clinic)?;
        let sms = counts(&usage)?.get("sms_part").copied().unwrap_or_default();
        Ok((sms >= parts).then_some(usage))
    })?;
    let counted = counts(&usage)?;
    let truth: BTreeMap<String, u64> = truth
        .into_iter()
        .map(|(item, n)| (item.into(), n))
        .collect();
    ensure!(counted == truth, "counted {counted:?}, was {truth:?}");
    prices(&usage)?;
    rows_add_up(&mut clinic, &usage)
}

/// An agreement accepted, and documents signed by a code; repeated too.
fn by_code(
    stack: &Stack,
    clinic: &mut Clinic,
    truth: &mut BTreeMap<&'static str, u64>,
    phones: &mut Vec<String>,
) -> Result<()> {
    clinic.publish_agreement()?;
    let upload = Upload::by_code(Person::IVANOVA);
    let mut account = stack.account();
    account.sign_in(&upload.phone)?;
    let right = Right::Agreement(&clinic.id);
    account.sign_by_code(right, &upload.phone)?.expect(200)?;
    *truth.entry("agreement").or_default() += 1;
    *truth.entry("storage").or_default() += 1;
    let id = clinic.send_document(&upload)?;
    *truth.entry("storage").or_default() += 1;
    account.documents("all")?;
    let right = Right::Document(&id);
    let act = account.read(right, podpis_shared::Method::Sms)?;
    let sent = account.ask_signing_code(right, &act)?.expect(200)?.json()?;
    let code_id = sent["code_id"].as_str().context("code_id")?;
    let code = account.code_at(&upload.phone)?;
    for _ in 0..3 {
        account
            .type_signing_code(right, code_id, &code)?
            .expect(200)?;
    }
    *truth.entry("document_signed").or_default() += 1;
    phones.push(upload.phone);
    Ok(())
}

/// Parts of what these phones got from the clinic, counted by the rule for Cyrillic; codes for signing in are nobody's.
fn sms_parts(sandbox: &mut Sandbox, phones: &[String]) -> Result<u64> {
    let mut parts = 0;
    for phone in phones {
        for message in sandbox.messages(phone)? {
            let text = message["text"].as_str().context("text")?;
            if message["channel"] != "sms" || text.contains("для входа") {
                continue;
            }
            ensure!(!text.is_ascii(), "a text without Cyrillic: {text}");
            let units = text.encode_utf16().count();
            parts += if units <= 70 { 1 } else { units.div_ceil(67) };
        }
    }
    Ok(u64::try_from(parts)?)
}

#[test]
fn accounting_gets_a_file() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let title = Upload::small().with("/external_id", "=1+1;\"x\"".into());
    clinic.send_with_link(&title)?;
    let usage = wait_for("the SMS", || {
        let usage = usage(&mut clinic)?;
        Ok(counts(&usage)?.contains_key("sms_part").then_some(usage))
    })?;
    let total = usage["total_kopecks"].as_u64().context("total")?;
    let accept = [("accept", "text/csv")];
    let by_header = clinic
        .send(Method::GET, "/api/v1/usage", &accept, None)?
        .expect(200)?;
    let by_format = clinic.get("/api/v1/usage?format=csv")?.expect(200)?;
    ensure!(by_header.body == by_format.body);
    for reply in [&by_header, &by_format] {
        ensure!(
            reply.header("content-type") == "text/csv; charset=utf-8",
            "{reply:?}"
        );
        ensure!(
            reply
                .header("content-disposition")
                .starts_with("attachment; filename=\"usage-")
        );
    }
    let text = by_format.text();
    ensure!(
        text.starts_with("\u{feff}Месяц;"),
        "no mark of UTF-8: {text}"
    );
    ensure!(
        text.ends_with(&format!(
            ";total;Итого;;;{},{:02}\r\n",
            total / 100,
            total % 100
        )),
        "{text}"
    );
    let lines = text.matches("\r\n").count();
    ensure!(
        lines == usage["lines"].as_array().map_or(0, Vec::len) + 2
            && lines == text.matches('\n').count()
    );
    ensure!(
        text.contains(";connection;Подключение клиники;1;10000,00;10000,00\r\n"),
        "{text}"
    );

    let rows = clinic
        .get("/api/v1/usage/rows?format=csv")?
        .expect(200)?
        .text();
    ensure!(rows.starts_with("\u{feff}Номер;"), "{rows}");
    // What a table program would run as a formula stands there as text.
    ensure!(rows.contains(";\"'=1+1;\"\"x\"\"\"\r\n"), "{rows}");
    let both = [("accept", "application/json, text/csv")];
    clinic
        .send(Method::GET, "/api/v1/usage", &both, None)?
        .expect(200)?
        .json()?;
    Ok(())
}

#[test]
fn months_are_closed_or_open() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let mut month = |query: &str| clinic.get(&format!("/api/v1/usage{query}"));
    let old = month("?month=2026-01")?.expect(200)?.json()?;
    ensure!(
        old["closed"] == true && old["lines"] == json!([]) && old["total_kopecks"] == 0,
        "{old}"
    );
    ensure!(
        old["closes_at"] == "2026-02-03T21:00:00Z" && old["timezone"] == "Europe/Moscow",
        "{old}"
    );
    let this = month("")?.expect(200)?.json()?;
    ensure!(
        this["closed"] == false && this["total_kopecks"] == 1_000_000,
        "{this}"
    );
    let name = this["month"].as_str().context("month")?.to_owned();
    ensure!(month(&format!("?month={name}"))?.expect(200)?.json()? == this);
    for wrong in [
        "?month=2026",
        "?month=2026-13",
        "?month=",
        "?format=xml",
        "?month=01-2026",
    ] {
        month(wrong)?.problem(400, "bad_request")?;
    }
    clinic
        .get("/api/v1/usage/rows?limit=0")?
        .problem(400, "bad_request")?;
    Ok(())
}

#[test]
fn a_tariff_holds_from_its_day_and_never_in_a_closed_month() -> Result<()> {
    let stack = Stack::shared()?;
    let (mut clinic, mut operator) = (stack.clinic()?, stack.operator());
    clinic.send_document(&Upload::small())?;
    let path = format!("/api/v1/operator/clinics/{}/tariff", clinic.id);
    let tariffs = operator
        .call(Method::GET, &path, None)?
        .expect(200)?
        .json()?;
    ensure!(
        tariffs["own"] == json!([]) && tariffs["default"][0]["prices"]["document_signed"] == 500
    );
    let first = format!(
        "{}-01",
        tariffs["first_open_month"].as_str().context("month")?
    );
    let mut put = |body: Value| operator.call(Method::PUT, &path, Some(&body));

    for wrong in [
        json!({"valid_from": "2026-10-31", "prices": {"storage": 1}}),
        json!({"valid_from": first, "prices": {"storage": 10_000_001}}),
        json!({"valid_from": first, "prices": {"storage": -1}}),
        json!({"valid_from": first, "prices": {"storage": 0.5}}),
        json!({"valid_from": first, "prices": {"coffee": 1}}),
        json!({"valid_from": "2026-02-30", "prices": {}}),
        json!({"valid_from": first, "prices": {}, "vat_note": ""}),
    ] {
        put(wrong.clone())?
            .problem(422, "invalid")
            .with_context(|| wrong.to_string())?;
    }
    let price = |usage: &Value, item: &str| {
        let mut lines = usage["lines"].as_array().into_iter().flatten();
        lines
            .find(|line| line["item"] == item)
            .map(|line| line["price_kopecks"].clone())
    };
    let before = usage(&mut clinic)?;
    ensure!(
        price(&before, "connection") == Some(json!(1_000_000)),
        "{before}"
    );

    let tariff = json!({"valid_from": first, "prices": {"storage": 7, "connection": 500_000}, "vat_note": "Без НДС"});
    let set = put(tariff.clone())?.expect(200)?.json()?;
    ensure!(
        put(tariff)?.expect(200)?.json()? == set,
        "repeated, it changed something"
    );
    ensure!(set["own"].as_array().map(Vec::len) == Some(1), "{set}");
    let told = clinic
        .events()?
        .into_iter()
        .filter(|event| event["type"] == "tariff.set");
    ensure!(told.count() == 1);
    let usage_now = wait_for("the SMS", || {
        let usage = usage(&mut clinic)?;
        Ok(counts(&usage)?.contains_key("sms_part").then_some(usage))
    })?;
    prices(&usage_now)?;
    ensure!(
        price(&usage_now, "storage") == Some(json!(7))
            && price(&usage_now, "connection") == Some(json!(500_000)),
        "{usage_now}"
    );
    ensure!(
        price(&usage_now, "sms_part") == Some(json!(400)) && usage_now["vat_note"] == "Без НДС",
        "{usage_now}"
    );

    // The operator sees the same account; a clinic's key is no operator's.
    let account = format!("/api/v1/operator/clinics/{}/usage", clinic.id);
    let seen = operator
        .call(Method::GET, &account, None)?
        .expect(200)?
        .json()?;
    ensure!(seen["lines"] == usage(&mut clinic)?["lines"]);
    for path in [&path, &account] {
        clinic.get(path)?.problem(401, "unauthorized")?;
        let unknown = path.replace(&clinic.id, "cl_unknown");
        operator
            .call(Method::GET, &unknown, None)?
            .problem(404, "not_found")?;
    }
    Ok(())
}

/// Exactly one row of this item about this document.
pub(crate) fn counted_once(clinic: &mut Clinic, item: &str, document_id: &str) -> Result<()> {
    let rows = rows(clinic)?;
    let about = rows
        .iter()
        .filter(|row| row["item"] == item && row["document_id"] == document_id);
    let count = about.clone().count();
    ensure!(count == 1, "{count} rows of {item} about {document_id}");
    Ok(())
}

/// Sums that add up, in whole kopecks.
fn prices(usage: &Value) -> Result<()> {
    let mut total = 0;
    for line in usage["lines"].as_array().context("lines")? {
        let number = |name: &str| {
            line[name]
                .as_u64()
                .with_context(|| format!("{name} of {line}"))
        };
        ensure!(
            number("sum_kopecks")? == number("count")? * number("price_kopecks")?,
            "{line}"
        );
        total += number("sum_kopecks")?;
    }
    ensure!(usage["total_kopecks"] == total, "{usage}");
    Ok(())
}

/// The rows are what the account is made of, in their order and each once.
fn rows_add_up(clinic: &mut Clinic, usage: &Value) -> Result<()> {
    let rows = rows(clinic)?;
    let mut by_item: BTreeMap<String, u64> = BTreeMap::new();
    let (mut total, mut last) = (0, 0);
    for row in &rows {
        let number = |name: &str| {
            row[name]
                .as_u64()
                .with_context(|| format!("{name} of {row}"))
        };
        ensure!(number("position")? > last, "out of order: {row}");
        last = number("position")?;
        *by_item
            .entry(row["item"].as_str().context("item")?.into())
            .or_default() += number("count")?;
        total += number("sum_kopecks")?;
    }
    ensure!(
        by_item == counts(usage)? && usage["total_kopecks"] == total,
        "{by_item:?}, {usage}"
    );
    let csv = clinic
        .get("/api/v1/usage/rows?format=csv")?
        .expect(200)?
        .text();
    ensure!(csv.matches("\r\n").count() == rows.len() + 1);
    Ok(())
}

fn rows(clinic: &mut Clinic) -> Result<Vec<Value>> {
    let (mut rows, mut after) = (Vec::new(), "0".to_owned());
    loop {
        let path = format!("/api/v1/usage/rows?limit=7&after={after}");
        let page = clinic.get(&path)?.expect(200)?.json()?;
        rows.extend(page["items"].as_array().cloned().context("items")?);
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => return Ok(rows),
        }
    }
}

fn usage(clinic: &mut Clinic) -> Result<Value> {
    clinic
        .get("/api/v1/usage")
        .and_then(|reply: Reply| reply.expect(200)?.json())
}

fn counts(usage: &Value) -> Result<BTreeMap<String, u64>> {
    let lines = usage["lines"].as_array().context("lines")?;
    let of = |line: &Value| Some((line["item"].as_str()?.to_owned(), line["count"].as_u64()?));
    lines
        .iter()
        .map(|line| of(line).with_context(|| line.to_string()))
        .collect()
}
