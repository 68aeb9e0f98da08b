//! `GET /patient/account/log`: what happened to the account, in plain words.

use crate::db;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::{Db, Result, http, now, session};
use podpis_shared::wire::account::HistoryItem;
use serde_json::{Value, json};

/// As many lines as are told at most.
const LINES: i64 = 200;

/// The newest lines, the newest first.
///
/// # Errors
/// `signed_out`, `gated`.
pub(crate) async fn read(headers: HeaderMap) -> Result<Response> {
    let db = Db::open().await?;
    let session = session::open(&headers, &db, now()).await?;
    let lines = db::account::log(&db, &session.account_id, LINES).await?;
    let items: Vec<HistoryItem> = lines
        .into_iter()
        .map(|line| HistoryItem {
            at: line.at,
            text: words(&line.what, &line.data),
        })
        .collect();
    http::json(StatusCode::OK, &json!({ "items": items }))
}

/// A line of the log; what a later version wrote is a change all the same.
pub(crate) fn words(what: &str, data: &Value) -> String {
    let text = |name: &str| data[name].as_str().unwrap_or_default();
    let kind = match text("kind") {
        "phone" => "номер телефона",
        _ => "адрес почты",
    };
    match what {
        "created" => "Кабинет создан".into(),
        "signed_in" => {
            let how = match text("how") {
                "phone" => "по коду из СМС",
                "email" => "по коду из письма",
                _ => "через Госуслуги",
            };
            match text("device") {
                "" => format!("Вход {how}"),
                device => format!("Вход {how}: {device}"),
            }
        }
        "signed_out" => "Выход".into(),
        "signed_out_everywhere" => "Выход на всех устройствах".into(),
        "device_signed_out" => "Завершён вход на другом устройстве".into(),
        "named_by_clinic" => "Клиники назвали владельца кабинета".into(),
        "gate_wrong" => "Названа неверная дата рождения".into(),
        "gate_opened" => "Подтверждено, чей это кабинет".into(),
        "estranged" => "Прежние документы по этому номеру отнесены к другим людям".into(),
        "contact_recycled" => {
            format!("Новый владелец забрал {kind}: он больше не относится к кабинету")
        }
        "contact_moved" => {
            format!("Другой человек подтвердил {kind}: он больше не относится к кабинету")
        }
        "contact_added" => format!("Добавлен {kind}"),
        "contact_replaced" => "Номер телефона заменён новым".into(),
        "contact_removed" => format!("Удалён {kind}"),
        "contact_proven" => format!("Подтверждён {kind}"),
        "confirmed" => "Личность подтверждена через Госуслуги".into(),
        "merged" => "Присоединён другой ваш кабинет".into(),
        "notices_chosen" => "Изменены уведомления".into(),
        "consent_withdrawn" => "Отозвано согласие на рекламу".into(),
        _ => "Изменение в кабинете".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        for (what, data, text) in [
            (
                "signed_in",
                json!({"how": "phone", "device": "Chrome, Android", "gate": null}),
                "Вход по коду из СМС: Chrome, Android",
            ),
            ("signed_in", json!({"how": "esia"}), "Вход через Госуслуги"),
            (
                "contact_added",
                json!({"kind": "email"}),
                "Добавлен адрес почты",
            ),
            (
                "contact_removed",
                json!({"kind": "phone"}),
                "Удалён номер телефона",
            ),
            ("of_a_later_version", json!({}), "Изменение в кабинете"),
        ] {
            assert_eq!(words(what, &data), text);
        }
    }
}
