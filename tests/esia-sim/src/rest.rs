//! `GET /rs/prns/{oid}`, `GET /idp/ext/Logout`, `POST /sim/next`.

use crate::error::EsiaError;
use crate::faults::{Faults, PrnsFault};
use crate::pages;
use crate::params::Params;
use crate::state::Esia;
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ETAG, HOST, LOCATION, SET_COOKIE,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// The simulator itself failed: no randomness, no key.
pub(crate) struct Broken(anyhow::Error);

/// Data of the person who gave the access token, as far as its scopes go.
pub(crate) async fn person(
    State(esia): State<Arc<Esia>>,
    Path(oid): Path<String>,
    headers: HeaderMap,
) -> Response {
    let fault = esia.memory().faults.prns.take();
    match fault {
        Some(PrnsFault::Error500) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(PrnsFault::Html) => {
            return Html("<html><body>Сервис временно недоступен</body></html>").into_response();
        }
        _ => {}
    }
    let token = headers
        .get(AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "));
    let access = token.and_then(|token| esia.memory().accesses.get(token).cloned());
    let Some(access) = access else {
        return refuse(
            StatusCode::UNAUTHORIZED,
            "ESIA-005011",
            "SecurityErrorEnum.invalidToken",
        );
    };
    if esia.now() >= access.expires || fault == Some(PrnsFault::Expired) {
        return refuse(
            StatusCode::UNAUTHORIZED,
            "ESIA-005013",
            "SecurityErrorEnum.expiredToken",
        );
    }
    let account = access.account;
    let has = |scope: &str| access.scopes.iter().any(|granted| granted == scope);
    let any = ["fullname", "birthdate", "gender", "snils"]
        .into_iter()
        .any(has);
    if oid != account.oid.to_string() || !any {
        return refuse(
            StatusCode::FORBIDDEN,
            "ESIA-005029",
            "SecurityErrorEnum.scopeNotAllowed",
        );
    }

    let etag = format!("{:08X}", account.oid);
    let mut person = json!({"stateFacts": ["EntityRoot"], "eTag": etag});
    let mut put = |name: &str, value: Value| person[name] = value;
    if has("fullname") {
        if fault != Some(PrnsFault::NoName) {
            put("lastName", account.last_name.into());
        }
        put("firstName", account.first_name.into());
        if let Some(middle) = account.middle_name {
            put("middleName", middle.into());
        }
        put(
            "trusted",
            (account.trusted && fault != Some(PrnsFault::Untrusted)).into(),
        );
        put("status", account.status.into());
        put("verifying", false.into());
        put("citizenship", "RUS".into());
        put("updatedOn", 1_500_000_000.into());
        put("rIdDoc", (account.oid % 100_000).into());
        put("containsUpCfmCode", false.into());
    }
    if has("birthdate") {
        put(
            "birthDate",
            if fault == Some(PrnsFault::Mismatch) {
                "01.01.1950"
            } else {
                account.birth_date
            }
            .into(),
        );
    }
    if has("gender") {
        put("gender", account.gender.into());
    }
    if let (true, Some(snils)) = (has("snils"), account.snils) {
        put("snils", snils.into());
    }
    let host = headers
        .get(HOST)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let media = format!("application/json; schema=\"http://{host}/rs/model/prn/Person-3\"");
    (
        [
            (CONTENT_TYPE, media),
            (ETAG, etag),
            (CACHE_CONTROL, "no-store".into()),
        ],
        person.to_string(),
    )
        .into_response()
}

/// Ends the person's session and goes back to a registered `redirect_url`.
pub(crate) async fn logout(
    State(esia): State<Arc<Esia>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let params = Params::decode(query.unwrap_or_default().as_bytes());
    let target = || {
        params.exactly("client_id", &esia.client.id, EsiaError::unknown_client)?;
        params.required("redirect_url")
    };
    let target = match target() {
        Ok(target) if esia.client.trusts(target) => target,
        Ok(_) => return pages::error(&EsiaError::redirect_uri()),
        Err(e) => return pages::error(&e),
    };
    if let Some(sid) = pages::session_cookie(&headers) {
        esia.memory().logins.remove(sid);
    }
    let forget = format!("{}=; Path=/; Max-Age=0", pages::SESSION_COOKIE);
    (
        StatusCode::FOUND,
        [(LOCATION, target.to_owned()), (SET_COOKIE, forget)],
    )
        .into_response()
}

/// Sets what the next answers do wrong.
pub(crate) async fn next(State(esia): State<Arc<Esia>>, Json(faults): Json<Faults>) -> StatusCode {
    esia.memory().faults.merge(faults);
    StatusCode::NO_CONTENT
}

fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"code": code, "message": message}))).into_response()
}

impl<E: Into<anyhow::Error>> From<E> for Broken {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Broken {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, format!("{:#}", self.0)).into_response()
    }
}
