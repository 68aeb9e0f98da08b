//! `POST /aas/oauth2/v3/te`: exchanges a code for tokens.

use crate::error::EsiaError;
use crate::faults::{TeFault, TokenFault};
use crate::params::Params;
use crate::state::{Access, Authorization, Esia, Grant, Login, uuid};
use crate::{client, jwt, keys, rest};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Life of a code, of an access token and of an id_token, in seconds.
const CODE_S: i64 = 240;
const ACCESS_S: i64 = 3600;
const ID_S: i64 = 10_800;

/// Issues a code for a consent given now.
pub(crate) fn issue_code(
    esia: &Esia,
    authorization: &Authorization,
    login: &Login,
) -> anyhow::Result<String> {
    let now = esia.now();
    let oid = login.account.oid;
    let mut payload = claims(esia, login, now, CODE_S);
    payload.extend(object(json!({
        "client_id": esia.client.id,
        "scope": scope_with_oid(&authorization.scopes, oid),
        "auth_time": login.auth_time,
        "auth_mthd": "PWD",
        "urn:esia:client:state": authorization.state,
        "urn:esia:sbj": subject(login),
        "jti": uuid()?,
    })));
    let code = jwt::sign(
        &esia.keys.esia,
        1,
        "authorization_code",
        &Value::Object(payload),
    );
    let grant = Grant {
        authorization: authorization.clone(),
        login: login.clone(),
        expires: now + CODE_S,
        used: false,
    };
    esia.memory().grants.insert(code.clone(), grant);
    Ok(code)
}

/// The endpoint.
pub(crate) async fn exchange(
    State(esia): State<Arc<Esia>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, rest::Broken> {
    let (fault, delay) = {
        let mut memory = esia.memory();
        (memory.faults.te.take(), memory.faults.delay_ms.take())
    };
    if let Some(delay) = delay {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    match fault {
        Some(TeFault::Error500) => return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
        Some(TeFault::Html) => {
            return Ok(Html("<html><body>Сервис временно недоступен</body></html>").into_response());
        }
        _ => {}
    }
    let form = headers.get(CONTENT_TYPE).is_some_and(|v| {
        v.as_bytes()
            .starts_with(b"application/x-www-form-urlencoded")
    });
    let body = if form {
        Params::decode(&body)
    } else {
        Params::default()
    };
    let params = Params::decode(query.unwrap_or_default().as_bytes()).and(body);

    let state = params.optional("state").ok().flatten().map(str::to_owned);
    let refused = |e: EsiaError| {
        let body = json!({"error": e.error, "error_description": e.to_string(), "state": state});
        (
            StatusCode::BAD_REQUEST,
            [(CONTENT_TYPE, "application/json;charset=UTF-8")],
            body.to_string(),
        )
            .into_response()
    };
    let grant = match redeem(&esia, &params) {
        Ok(_) if fault == Some(TeFault::InvalidGrant) => return Ok(refused(EsiaError::grant())),
        Ok(grant) => grant,
        Err(e) => return Ok(refused(e)),
    };
    let mut answer = tokens(&esia, &grant)?;
    answer.insert("token_type".into(), "Bearer".into());
    answer.insert("expires_in".into(), ACCESS_S.into());
    answer.insert("state".into(), state.into());
    match fault {
        Some(TeFault::WrongState) => drop(answer.insert("state".into(), uuid()?.into())),
        Some(TeFault::ExpiresInString) => {
            drop(answer.insert("expires_in".into(), ACCESS_S.to_string().into()))
        }
        Some(TeFault::NoIdToken) => drop(answer.remove("id_token")),
        _ => {}
    }
    let headers = [
        (CONTENT_TYPE, "application/json;charset=UTF-8"),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Json(answer)).into_response())
}

/// Checks the request and uses the code up.
fn redeem(esia: &Esia, params: &Params) -> Result<Grant, EsiaError> {
    params.exactly("grant_type", "authorization_code", EsiaError::grant_type)?;
    params.exactly("client_id", &esia.client.id, EsiaError::unknown_client)?;
    params.exactly("token_type", "Bearer", || {
        EsiaError::malformed("token_type")
    })?;
    if !client::is_uuid(params.required("state")?) {
        return Err(EsiaError::malformed("state"));
    }
    let (code, redirect_uri, scope) = (
        params.required("code")?,
        params.required("redirect_uri")?,
        params.required("scope")?,
    );
    client::check_signed(params, &esia.keys, esia.now(), Some(code))?;

    let now = esia.now();
    let mut memory = esia.memory();
    let grant = memory.grants.get_mut(code).ok_or_else(EsiaError::grant)?;
    let asked = &grant.authorization;
    if grant.used
        || now >= grant.expires
        || asked.redirect_uri != redirect_uri
        || asked.scope != scope
    {
        return Err(EsiaError::grant());
    }
    grant.used = true;
    Ok(grant.clone())
}

/// Access token and id_token, with the fault that is due.
fn tokens(esia: &Esia, grant: &Grant) -> anyhow::Result<Map<String, Value>> {
    let fault = esia.memory().faults.token.take();
    let now = esia.now();
    let login = match fault {
        Some(TokenFault::OldAuthTime) => Login {
            auth_time: now - 3600,
            ..grant.login.clone()
        },
        _ => grant.login.clone(),
    };
    let oid = login.account.oid;

    let mut access = claims(esia, &login, now, ACCESS_S);
    access.extend(object(json!({
        "client_id": esia.client.id,
        "scope": scope_with_oid(&grant.authorization.scopes, oid),
        "urn:esia:sbj_id": oid,
        "jti": uuid()?,
    })));
    if fault == Some(TokenFault::OtherSid) {
        access.insert("urn:esia:sid".into(), uuid()?.into());
    }
    let access = jwt::sign(&esia.keys.esia, 1, "access", &Value::Object(access));

    let mut id = claims(esia, &login, now, ID_S);
    id.extend(object(json!({
        "aud": esia.client.id,
        "sub": oid,
        "auth_time": login.auth_time,
        "amr": "PWD",
        "urn:esia:amd": "PWD",
        "urn:esia:sbj": subject(&login),
    })));
    let change = match fault {
        Some(TokenFault::Expired) => {
            json!({"nbf": now - 14_400, "iat": now - 14_400, "exp": now - 3600})
        }
        Some(TokenFault::NotYetValid) => json!({"nbf": now + 3600, "iat": now + 3600}),
        Some(TokenFault::WrongIss) => json!({"iss": "http://esia.example.org/"}),
        Some(TokenFault::WrongAud) => json!({"aud": "OTHER"}),
        Some(TokenFault::OtherSubject) => json!({"sub": oid + 1}),
        Some(TokenFault::AuthTimeMs) => json!({"auth_time": login.auth_time * 1000}),
        _ => json!({}),
    };
    id.extend(object(change));
    let id = Value::Object(id);
    let id = match fault {
        Some(TokenFault::AlgNone) => jwt::unsigned(0, "id", &id),
        Some(TokenFault::BadSignature) => jwt::spoil(&jwt::sign(&esia.keys.esia, 0, "id", &id)),
        Some(TokenFault::ForeignKey) => jwt::sign(&keys::new_rsa()?, 0, "id", &id),
        Some(TokenFault::SbtSubstituted) => jwt::sign(&esia.keys.esia, 0, "access", &id),
        _ => jwt::sign(&esia.keys.esia, 0, "id", &id),
    };

    esia.memory().accesses.insert(
        access.clone(),
        Access {
            account: login.account,
            scopes: grant.authorization.scopes.clone(),
            expires: now + ACCESS_S,
        },
    );
    Ok(object(json!({"access_token": access, "id_token": id})))
}

/// Claims of every token.
fn claims(esia: &Esia, login: &Login, now: i64, life: i64) -> Map<String, Value> {
    object(
        json!({"nbf": now, "iat": now, "exp": now + life, "iss": esia.issuer, "urn:esia:sid": login.sid}),
    )
}

/// `urn:esia:sbj`; `is_tru` is there only for a confirmed account.
fn subject(login: &Login) -> Value {
    let account = login.account;
    let mut subject = object(json!({
        "urn:esia:sbj:typ": "P",
        "urn:esia:sbj:oid": account.oid,
        "urn:esia:sbj:nam": format!("OID.{}", account.oid),
        "urn:esia:sbj:lvl": account.level.claim(),
    }));
    if account.trusted {
        subject.insert("urn:esia:sbj:is_tru".into(), true.into());
    }
    Value::Object(subject)
}

/// `fullname?oid=1000 openid`: every scope but `openid` carries the person's number.
fn scope_with_oid(scopes: &[String], oid: u64) -> String {
    let one = |scope: &String| {
        if scope == "openid" {
            scope.clone()
        } else {
            format!("{scope}?oid={oid}")
        }
    };
    scopes.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
