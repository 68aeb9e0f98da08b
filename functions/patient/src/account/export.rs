//! `GET /patient/account/export`: everything that is stored about a person (152-FZ art. 14 part 7), as one JSON file.

use super::log;
use crate::db::{account, rights};
use axum::http::header::CONTENT_DISPOSITION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use podpis_kit::store::accounts;
use podpis_kit::store::accounts::documents::{self, Synced};
use podpis_kit::{Db, Result, http, now, session};
use podpis_shared::account::device_name;
use podpis_shared::account::retention::{VERSION, kept};
use podpis_shared::wire::account::Level;
use serde_json::{Value, json};

/// More lines than any log has.
const ALL: i64 = 1_000_000;

/// Everything, as it is stored now.
///
/// # Errors
/// `signed_out`, `gated`.
pub(crate) async fn export(headers: HeaderMap) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::open(&headers, &db, at).await?;
    let Synced { db, account, .. } = documents::sync(db, &session.account_id, at).await?;
    let id = account.id.as_str();
    let source = match (&account.person, account.person_by_esia) {
        (None, _) => None,
        (Some(_), true) => Some("esia"),
        (Some(_), false) => Some("clinic"),
    };
    let mut devices = rights::sessions(&db, id).await?;
    for device in &mut devices {
        device["device"] = device_name(device["user_agent"].as_str()).into();
    }
    let lines = account::log(&db, id, ALL).await?.into_iter();
    let log: Vec<Value> = lines
        .map(|line| json!({ "at": line.at, "text": log::words(&line.what, &line.data), "data": line.data }))
        .collect();
    let all = json!({
        "about": "Всё, что хранится о вас в личном кабинете (152-ФЗ ст. 14).",
        "made_at": at,
        "account": {
            "id": id,
            "created_at": rights::created_at(&db, id).await?,
            "level": match account.level { Level::Contact => "contact", Level::Confirmed => "confirmed" },
            "person": account.person,
            "person_source": source,
            "linked_to_esia": account.esia_subject.is_some(),
            "confirmed_at": account.confirmed_at,
            "notices": account.notices,
            "utc_offset": accounts::utc_offset(&db, id).await?,
        },
        "contacts": rights::contacts(&db, id).await?,
        "devices": devices,
        "push_subscriptions": rights::push(&db, id).await?,
        "documents": rights::documents(&db, id, at).await?,
        "agreements": rights::agreements(&db, id).await?,
        "consents": rights::consents(&db, id, at).await?,
        "codes_of_the_last_day": rights::codes(&db, id).await?,
        "log": log,
        "retention": { "table": VERSION, "kept_if_closed_today": kept(&rights::items(&db, id).await?, at) },
    });
    let mut response = http::json(StatusCode::OK, &all)?;
    let file = HeaderValue::from_static("attachment; filename=\"podpis-moi-dannye.json\"");
    response.headers_mut().insert(CONTENT_DISPOSITION, file);
    Ok(response)
}
