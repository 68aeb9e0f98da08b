//! Closing an account (152-FZ art. 14, 20, 21): what only the account knew is deleted, what the law wants kept is kept. Table by table it
//! stands in [`crate::stored`].

use super::leave;
use crate::db::rights;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::store::accounts::documents;
use podpis_kit::store::accounts::sessions::{self, Why};
use podpis_kit::{Db, Failure, Result, http, now, session};
use podpis_shared::account::retention::{VERSION, kept};
use podpis_shared::problem::Code;
use podpis_shared::wire::account::Erased;
use serde::Deserialize;
use serde_json::json;

/// What is deleted, in plain words.
const DELETED: [&str; 7] = [
    "Имя, дата рождения и СНИЛС из профиля, связь с Госуслугами",
    "Номера телефонов и адреса почты для входа",
    "Входы на всех устройствах и подписки на уведомления",
    "Список документов в кабинете и отметки о прочтении",
    "Журнал кабинета",
    "Начатые входы и подписания через Госуслуги",
    "Адреса ваших браузеров в отправленных уведомлениях",
];

#[derive(Deserialize)]
struct Confirm {
    confirm: bool,
}

/// `GET /patient/account/erase`: what would happen.
///
/// # Errors
/// `signed_out`, `gated`.
pub(crate) async fn preview(headers: HeaderMap) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::open(&headers, &db, at).await?;
    let db = documents::sync(db, &session.account_id, at).await?.db;
    let items = rights::items(&db, &session.account_id).await?;
    let erased = Erased {
        deleted: DELETED.map(str::to_owned).to_vec(),
        kept: kept(&items, at),
    };
    http::json(StatusCode::OK, &erased)
}

/// `POST /patient/account/erase`: does it, at once. The same person may begin a new account any time.
///
/// # Errors
/// `invalid` where it is not confirmed; `signed_out`, `gated`.
pub(crate) async fn erase(headers: HeaderMap, body: Body) -> Result<Response> {
    let (db, at) = (Db::open().await?, now());
    let session = session::open(&headers, &db, at).await?;
    let request: Confirm = http::read_json(&headers, body).await?;
    if !request.confirm {
        let detail = "Подтвердите удаление кабинета.";
        return Err(Failure::new(Code::Invalid, detail));
    }
    let account_id = &session.account_id;
    let db = documents::sync(db, account_id, at).await?.db;
    let tx = db.begin().await?;
    let kept = kept(&rights::items(&tx, account_id).await?, at);
    sessions::end_all(&tx, account_id, None, Why::Erased, at).await?;
    let record = json!({ "table": VERSION, "kept": kept });
    rights::erase(&tx, account_id, &record, at).await?;
    tx.commit().await?;
    let erased = Erased {
        deleted: DELETED.map(str::to_owned).to_vec(),
        kept,
    };
    let mut response = http::json(StatusCode::OK, &erased)?;
    leave::leave(&headers, &mut response).await?;
    Ok(response)
}
