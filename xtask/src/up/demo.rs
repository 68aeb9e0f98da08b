//! The demo clinic, its user agreement and its first documents, made through the public API as a MIS would.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Data;
use crate::ctx::Ctx;
use crate::http::Http;

/// The patient: `ivanova` of docs/sandbox.md.
pub(super) const PHONE: &str = "+79161234567";
/// The MIS's own id of the account's document: one is enough while it waits.
const ACCOUNT_ID: &str = "DEMO-2";
/// The head of the demo clinic.
pub(super) const HEAD: &str = "head@example.ru";
/// How long the SMS may take, in tenths of a second.
const PATIENCE: u32 = 300;

/// What the summary prints.
#[derive(Debug)]
pub(super) struct Demo {
    /// The clinic's id.
    pub(super) clinic_id: String,
    /// The clinic's API key.
    pub(super) api_key: String,
    /// The patient's link out of the SMS.
    pub(super) link: String,
    /// The PDF that was sent.
    pub(super) sample: PathBuf,
    /// The invitation of the clinic's head into the console, until it is accepted.
    pub(super) invitation: Option<String>,
}

/// The clinic of an earlier start or a new one; its agreement; a document for the account; a consent with the link out of
/// its SMS.
pub(super) fn seed(ctx: &Ctx, http: &Http, data: &Data) -> Result<Demo> {
    let fixture = |name: &str| ctx.root.join(format!("tests/fixtures/{name}/{name}.pdf"));
    let read = |path: &Path| fs::read(path).with_context(|| format!("reading {}", ctx.show(path)));
    let (clinic_id, api_key) = clinic(http, data)?;
    let agreement = read(&fixture("agreement"))?;
    http.put("/api/v1/agreement", &api_key, "application/pdf", &agreement)?;
    if !account_document_waits(http, &api_key)? {
        send(
            http,
            &api_key,
            &account_document(),
            &read(&fixture("pd-consent"))?,
        )?;
    }
    let invitation = invitation(http, &api_key)?;
    let sample = fixture("consent");
    let before = messages(http, "sms", PHONE)?.len();
    send(http, &api_key, &sample_document(), &read(&sample)?)?;
    for _ in 0..PATIENCE {
        let items = messages(http, "sms", PHONE)?;
        // Newest first.
        if items.len() > before
            && let Some(link) = items.first().and_then(|message| link_in(message, "/d/#"))
        {
            return Ok(Demo {
                clinic_id,
                api_key,
                link,
                sample,
                invitation,
            });
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!(
        "the SMS to {PHONE} didn't come; see {}",
        ctx.show(&data.logs)
    )
}

fn send(http: &Http, api_key: &str, document: &Value, pdf: &[u8]) -> Result<()> {
    let (content_type, body) = multipart(document, pdf);
    http.create("/api/v1/documents", api_key, &content_type, &body)?;
    Ok(())
}

/// Writes a file that only its owner may read.
pub(super) fn write_secret(path: &Path, content: &[u8]) -> Result<()> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("writing {}", path.display()))?;
    Ok(file.write_all(content)?)
}

/// Now and fourteen days, as the API takes it.
pub(super) fn in_two_weeks() -> String {
    let then = OffsetDateTime::now_utc() + time::Duration::days(14);
    then.replace_nanosecond(0)
        .unwrap_or(then)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// The clinic's id and API key.
fn clinic(http: &Http, data: &Data) -> Result<(String, String)> {
    let file = data.folder.join("demo.json");
    let kept = fs::read(&file)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    if let Some(known) = kept.as_ref().and_then(id_and_key)
        && http.get("/api/v1/documents?limit=1", Some(&known.1))?.0 == 200
    {
        return Ok(known);
    }
    let clinic =
        json!({"name": "Клиника «Пример»", "inn": "7707083893", "timezone": "Europe/Moscow"});
    let created = http.create(
        "/api/v1/operator/clinics",
        &data.operator_token,
        "application/json",
        clinic.to_string().as_bytes(),
    )?;
    write_secret(&file, &serde_json::to_vec_pretty(&created)?)?;
    id_and_key(&created).context("the new clinic came without an id or an API key")
}

fn id_and_key(clinic: &Value) -> Option<(String, String)> {
    let field = |name: &str| clinic[name].as_str().map(str::to_owned);
    Some((field("id")?, field("api_key")?))
}

/// Whether the account's document of an earlier start is still to be signed.
fn account_document_waits(http: &Http, api_key: &str) -> Result<bool> {
    let path = format!("/api/v1/documents?external_id={ACCOUNT_ID}");
    let (_, list) = http.get(&path, Some(api_key))?;
    let items = list["items"].as_array().into_iter().flatten();
    let mut states = items.filter_map(|item| item["status"].as_str());
    Ok(states.any(|state| ["sent", "opened"].contains(&state)))
}

fn sample_document() -> Value {
    json!({
        "kind": "ids",
        "title": "Информированное добровольное согласие",
        "external_id": "DEMO-1",
        "patient": ivanova(),
        "delivery": "link",
        "method": "esia",
        "parties": "patient",
        "expires_at": in_two_weeks(),
    })
}

fn account_document() -> Value {
    json!({
        "kind": "pd_consent",
        "title": "Согласие на обработку персональных данных",
        "external_id": ACCOUNT_ID,
        "patient": ivanova(),
        "delivery": "account",
        "method": "sms",
        "parties": "patient",
        "expires_at": in_two_weeks(),
    })
}

fn ivanova() -> Value {
    json!({
        "last_name": "Иванова", "first_name": "Мария", "middle_name": "Петровна",
        "birth_date": "1985-03-12", "snils": "11223344595", "phone": PHONE, "email": "m@example.ru",
    })
}

/// The body of an upload and its content type.
fn multipart(document: &Value, pdf: &[u8]) -> (String, Vec<u8>) {
    // Our own two parts: this line is in neither of them.
    const BOUNDARY: &str = "podpis-xtask-5b0e6f2c9d";
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"document\"\r\nContent-Type: application/json\r\n\r\n\
         {document}\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"document.pdf\"\r\n\
         Content-Type: application/pdf\r\n\r\n"
    );
    let tail = format!("\r\n--{BOUNDARY}--\r\n");
    (
        format!("multipart/form-data; boundary={BOUNDARY}"),
        [head.as_bytes(), pdf, tail.as_bytes()].concat(),
    )
}

/// The link out of the letter that invites the clinic's head; `None` once it was accepted.
fn invitation(http: &Http, api_key: &str) -> Result<Option<String>> {
    let (_, list) = http.get("/api/v1/staff", Some(api_key))?;
    let known = list["items"].as_array().into_iter().flatten();
    match known.clone().find(|one| one["email"] == HEAD) {
        Some(head) if head["state"] == "active" => return Ok(None),
        Some(_) => {}
        None => {
            let head = json!({"email": HEAD, "role": "head"});
            let body = head.to_string();
            http.create(
                "/api/v1/staff",
                api_key,
                "application/json",
                body.as_bytes(),
            )?;
        }
    }
    for _ in 0..PATIENCE {
        let letters = messages(http, "email", HEAD)?;
        let mut links = letters
            .iter()
            .filter_map(|letter| link_in(letter, "/clinic#"));
        if let Some(link) = links.next() {
            return Ok(Some(link));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("the letter to {HEAD} didn't come")
}

fn messages(http: &Http, channel: &str, to: &str) -> Result<Vec<Value>> {
    let to = to.replace('+', "%2B");
    let (status, body) = http.get(
        &format!("/sandbox/messages?channel={channel}&to={to}"),
        None,
    )?;
    if status != 200 {
        bail!("GET /sandbox/messages answered {status}: {body}");
    }
    Ok(body["items"].as_array().cloned().unwrap_or_default())
}

/// The address that stands in a message's text and has `mark` in it.
fn link_in(message: &Value, mark: &str) -> Option<String> {
    message["text"]
        .as_str()?
        .split_whitespace()
        .find(|word| word.contains(mark))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_is_found_in_a_message() {
        let message =
            json!({"text": "Клиника просит подписать: http://localhost:3000/d/#abc до 1 декабря"});
        assert_eq!(
            link_in(&message, "/d/#").as_deref(),
            Some("http://localhost:3000/d/#abc")
        );
        assert_eq!(link_in(&json!({"text": "Код 1234"}), "/d/#"), None);
    }
}
