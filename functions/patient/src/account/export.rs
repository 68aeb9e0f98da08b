//! `GET /patient/account/export`: everything that is stored about a person (152-FZ art. 14 part 7), as one JSON file. What is in it, and
//! what is not and why, follows the list in [`crate::stored`].

use super::log;
use crate::db::rights;
use crate::stored;
use axum::http::header::CONTENT_DISPOSITION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use podpis_kit::db::DbError;
use podpis_kit::store::accounts::contacts::Contact;
use podpis_kit::store::accounts::documents::{self, Synced};
use podpis_kit::store::accounts::{self, Account, contacts};
use podpis_kit::store::letters;
use podpis_kit::{Db, Result, http, now, session};
use podpis_shared::Timestamp;
use podpis_shared::account::device_name;
use podpis_shared::account::retention::{VERSION, kept};
use podpis_shared::wire::account::Level;
use serde_json::{Map, Value, json};

/// Everything, as it is stored now.
///
/// # Errors
/// `signed_out`, `gated`.
pub(crate) async fn export(headers: HeaderMap) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::open(&headers, &db, at).await?;
    let Synced { db, account, .. } = documents::sync(db, &session.account_id, at).await?;
    let id = account.id.as_str();
    let mut all = Map::new();
    let mut add = |name: &str, value: Value| all.insert(name.to_owned(), value);
    let about = "Всё, что хранится о вас в личном кабинете (152-ФЗ ст. 14).";
    add("about", about.into());
    add("made_at", json!(at));
    add("account", of_account(&db, &account).await?);
    for (name, mut rows) in rights::parts(&db, id, at).await? {
        match name {
            "devices" => rows.iter_mut().for_each(name_device),
            "log" => rows.iter_mut().for_each(put_into_words),
            _ => {}
        }
        add(name, rows.into());
    }
    add("consents", json!(rights::consents(&db, id, at).await?));
    add("letters_stopped", letters_stopped(&db, id).await?.into());
    let items = rights::items(&db, id).await?;
    add(
        "retention",
        json!({ "table": VERSION, "kept_if_closed_today": kept(&items, at) }),
    );
    add("not_in_this_file", json!(stored::left_out()));
    let mut response = http::json(StatusCode::OK, &all)?;
    let file = HeaderValue::from_static("attachment; filename=\"podpis-moi-dannye.json\"");
    response.headers_mut().insert(CONTENT_DISPOSITION, file);
    Ok(response)
}

async fn of_account(db: &Db, account: &Account) -> Result<Value, DbError> {
    let source = match (&account.person, account.person_by_esia) {
        (None, _) => None,
        (Some(_), true) => Some("esia"),
        (Some(_), false) => Some("clinic"),
    };
    Ok(json!({
        "id": account.id,
        "created_at": rights::created_at(db, &account.id).await?,
        "level": match account.level { Level::Contact => "contact", Level::Confirmed => "confirmed" },
        "person": account.person,
        "person_source": source,
        "linked_to_esia": account.esia_subject.is_some(),
        "confirmed_at": account.confirmed_at,
        "notices": account.notices,
        "utc_offset": accounts::utc_offset(db, &account.id).await?,
    }))
}

/// Mailboxes of the account that once wanted no letters: kept as hashes, so only whoever knows the address finds them.
async fn letters_stopped(db: &Db, account_id: &str) -> Result<Vec<Value>, DbError> {
    let mut stopped = Vec::new();
    for held in contacts::of_account(db, account_id).await? {
        if let Contact::Email(email) = &held.contact {
            let at: Option<Timestamp> = letters::stopped_at(db, email.expose()).await?;
            stopped.extend(at.map(|at| json!({ "mailbox": email.expose(), "at": at })));
        }
    }
    Ok(stopped)
}

fn name_device(device: &mut Value) {
    device["device"] = device_name(device["user_agent"].as_str()).into();
}

fn put_into_words(line: &mut Value) {
    let what = line["what"].as_str().unwrap_or_default();
    line["text"] = log::words(what, &line["data"]).into();
}
