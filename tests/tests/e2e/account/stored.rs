//! 152-ФЗ: the export tells all that there is of a person, and a closed account leaves in the database only what the list in
//! functions/patient/src/stored says.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use http::Method;
use podpis_shared::Method as SigningMethod;
use podpis_tests::ukep::{OWN, SIGNER, Tools};
use podpis_tests::{Account, Clinic, Person, Right, Settings, Stack, Upload, wait_for};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use super::{clinic_with_agreement, registered};
use crate::consultations::Booking;

/// Keys of the browser that takes push messages; the first is of the example in RFC 8291.
const P256DH: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "tBHItJI5svbpez7KI4CCXg";

/// Parts of the export that [`live`] leaves something in.
const PARTS: [&str; 20] = [
    "contacts",
    "devices",
    "push_subscriptions",
    "log",
    "codes_of_the_last_day",
    "sign_ins_at_esia",
    "documents",
    "history",
    "signatures",
    "kept_signatures",
    "kept_signature_files",
    "links",
    "packages",
    "consultations",
    "signings_at_esia",
    "acceptances_at_esia",
    "agreements",
    "withdrawals",
    "messages",
    "planned_reminders",
];

/// Where a contact or the name of somebody with a closed account may still be found: clinics' documents, what proves signatures, and
/// what passes by itself.
const STAYS: [&str; 11] = [
    "acceptances.email",
    "acceptances.phone",
    "addressees.value",
    "codes.recipient",
    "documents.patient",
    "documents.representative",
    "idempotency.body",
    "outbox.recipient",
    "sandbox_messages.recipient",
    "signatures.name",
    "sms_sends.recipient",
];

/// Where the number of a closed account may still be found.
const NUMBERS: [&str; 6] = [
    "account_contacts.account_id",
    "account_sessions.account_id",
    "acceptances.account_id",
    "accounts.id",
    "erasures.account_id",
    "withdrawals.account_id",
];

/// Tables in which a closed account has no row.
const EMPTY: [&str; 7] = [
    "account_documents",
    "account_log",
    "esia_acceptances",
    "esia_logins",
    "esia_sessions",
    "push_subscriptions",
    "accounts WHERE person IS NOT NULL OR esia_subject IS NOT NULL OR utc_offset IS NOT NULL OR confirmed_at IS NOT NULL",
];

/// A person of whom there is something in nearly every table.
struct Life {
    account: Account,
    clinic: Clinic,
    phone: String,
    /// Where their browser takes push messages.
    endpoint: String,
    /// The secret of a link that was sent to them.
    token: String,
    signed: String,
    begun: String,
}

/// Does all that leaves a trace.
fn live(stack: &Stack) -> Result<Life> {
    let mut clinic = clinic_with_agreement(stack)?;
    let upload = Upload::by_code(Person::IVANOVA);
    let phone = upload.phone.clone();
    let signed = clinic.send_document(&upload)?;
    let (mut account, _) = registered(stack, &clinic, &phone)?;
    account.live_at(12)?;
    account
        .sign_by_code(Right::Document(&signed), &phone)?
        .expect(200)?;
    let endpoint = format!("https://push.example/{}", phone.trim_start_matches('+'));
    let body = json!({ "endpoint": endpoint, "p256dh": P256DH, "auth": AUTH });
    let path = "/patient/account/push";
    account
        .send(Method::PUT, Right::Own, path, Some(&body))?
        .expect(204)?;
    let begun = clinic.send_document(
        &Upload::by_code(Person::IVANOVA)
            .to_phone(&phone)
            .with("/package", json!({"id": "visit-1", "of": 2})),
    )?;
    let kept = Upload::small()
        .for_keeping()
        .with("/kind", json!("marketing_consent"))
        .to_phone(&phone);
    let tools = Tools::new()?;
    tools.certificate("root", "own", OWN, SIGNER)?;
    let signature = tools.sign(&kept.pdf, "own", "")?;
    let kept = clinic.upload_signed(&kept, &[&signature])?.expect(201)?;
    let kept = kept.json()?["id"].as_str().context("id")?.to_owned();
    account
        .post(&format!("/consents/{kept}/withdraw"), &json!({}))?
        .expect(200)?;
    let booking = Booking::new().with("patient", upload.document["patient"].clone());
    booking.send(&mut clinic)?.expect(201)?;
    let link = stack.sandbox().link(&phone)?;
    let token = link.split_once('#').context("no token")?.1.to_owned();
    begin_at_esia(&mut account, &mut clinic, &begun)?;
    wait_for("a push message", || {
        Ok((!stack.sandbox().messages(&endpoint)?.is_empty()).then_some(()))
    })?;
    Ok(Life {
        account,
        clinic,
        phone,
        endpoint,
        token,
        signed,
        begun,
    })
}

/// Begins a signing, an acceptance and a confirmation at ESIA, and leaves it at that.
fn begin_at_esia(account: &mut Account, clinic: &mut Clinic, document: &str) -> Result<()> {
    clinic.publish_agreement()?;
    for right in [Right::Document(document), Right::Agreement(&clinic.id)] {
        let act = account.read(right, SigningMethod::Esia)?;
        account.start_esia(right, &act)?.expect(200)?;
    }
    let bind = json!({ "purpose": "bind" });
    let path = "/esia/account/start";
    account
        .send(Method::POST, Right::Own, path, Some(&bind))?
        .expect(200)?;
    Ok(())
}

/// Columns of the running product's database that hold a text somewhere.
fn found(db: &Connection, needle: &str) -> Result<BTreeSet<String>> {
    let sql = "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c \
               WHERE t.type = 'table' AND c.type = 'TEXT' AND t.name NOT LIKE 'sqlite_%'";
    let mut statement = db.prepare(sql)?;
    let columns = statement.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    let mut found = BTreeSet::new();
    for column in columns {
        let (table, column) = column?;
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE instr({column}, ?1) > 0)");
        if db.query_row(&sql, [needle], |row| row.get::<_, bool>(0))? {
            found.insert(format!("{table}.{column}"));
        }
    }
    Ok(found)
}

#[test]
fn all_of_a_person_is_exported_and_what_a_closed_account_leaves_is_listed() -> Result<()> {
    let Some(mut stack) = Stack::alone(Settings::default())? else {
        return Ok(());
    };
    let mut life = live(&stack)?;
    let export = life.account.get("/export")?.expect(200)?;
    let (text, export) = (export.text(), export.json()?);
    is_whole(&life, &text, &export)?;
    let id = export["account"]["id"].as_str().context("id")?.to_owned();

    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let db = Connection::open_with_flags(stack.database()?, flags)?;
    // The search finds what is there.
    for (needle, column) in [
        (&life.phone, "account_contacts.value"),
        (&life.phone, "documents.patient"),
        (&life.endpoint, "push_subscriptions.endpoint"),
        (&life.endpoint, "outbox.recipient"),
        (&id, "account_log.account_id"),
    ] {
        let found = found(&db, needle)?;
        ensure!(found.contains(column), "{column}: {found:?}");
    }
    life.account
        .post("/erase", &json!({ "confirm": true }))?
        .expect(200)?;
    for needle in [life.phone.as_str(), "Иванова"] {
        let left = found(&db, needle)?;
        let unlisted: Vec<_> = left
            .iter()
            .filter(|column| !STAYS.contains(&column.as_str()))
            .collect();
        ensure!(unlisted.is_empty(), "{needle} is still in {unlisted:?}");
        ensure!(left.contains("documents.patient"), "the clinic's document");
    }
    let left = found(&db, &life.endpoint)?;
    ensure!(
        left.iter()
            .all(|column| column == "sandbox_messages.recipient"),
        "the browser's address is still in {left:?}"
    );
    let left = found(&db, &id)?;
    ensure!(
        left.iter().all(|column| NUMBERS.contains(&column.as_str())),
        "the account is still in {left:?}"
    );
    for table in EMPTY {
        let rows: i64 = db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get(0)
        })?;
        ensure!(rows == 0, "{rows} rows in {table}");
    }
    let sql = "SELECT count(*) FROM account_sessions WHERE ended_at IS NULL OR user_agent IS NOT NULL OR client_addr IS NOT NULL";
    let open: i64 = db.query_row(sql, [], |row| row.get(0))?;
    ensure!(open == 0, "{open} sessions that tell of a browser");
    // What is the clinic's is there as ever.
    ensure!(life.clinic.document(&life.signed)?["status"] == "completed");
    let evidence = format!("/api/v1/documents/{}/evidence", life.signed);
    life.clinic.get(&evidence)?.expect(200)?;
    Ok(())
}

/// The export has every part, and no secret.
fn is_whole(life: &Life, text: &str, export: &Value) -> Result<()> {
    for part in PARTS {
        let rows = export[part].as_array();
        let rows = rows.with_context(|| format!("there is no {part}"))?;
        ensure!(!rows.is_empty(), "nothing in {part}: {export}");
    }
    let about = |part: &str, name: &str, value: &str| {
        let rows = export[part].as_array().into_iter().flatten();
        rows.into_iter().any(|row| row[name] == value)
    };
    ensure!(about("documents", "id", &life.begun) && about("documents", "id", &life.signed));
    ensure!(about("signatures", "document_id", &life.signed));
    ensure!(about("signings_at_esia", "document_id", &life.begun));
    ensure!(about("packages", "document_id", &life.begun));
    ensure!(about("messages", "to", "https://push.example"), "{export}");
    ensure!(about("messages", "to", &life.phone), "{export}");
    let not_here = export["not_in_this_file"].as_array();
    ensure!(not_here.is_some_and(|all| all.len() >= 5), "{export}");
    let cookie = life.account.client.cookies.get("podpis-account");
    let cookie = cookie.context("no session")?;
    for secret in [life.endpoint.as_str(), &life.token, P256DH, AUTH, cookie] {
        ensure!(!text.contains(secret), "a secret is in the export");
    }
    let codes = export["codes_of_the_last_day"].as_array();
    for code in codes.into_iter().flatten() {
        let words = code["text"].as_str().context("no text")?;
        let six = |part: &str| part.len() == 6 && part.bytes().all(|b| b.is_ascii_digit());
        let mut parts = words.split(|c: char| !c.is_ascii_digit());
        ensure!(!parts.any(six), "a code is in the export: {words}");
    }
    Ok(())
}
