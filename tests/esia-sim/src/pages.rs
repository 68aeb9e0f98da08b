//! The simulator's own pages: plain HTML, no scripts.

use crate::error::EsiaError;
use crate::people::{Account, PEOPLE};
use crate::state::Authorization;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};

/// Cookie of a living session, with single sign-on only.
pub(crate) const SESSION_COOKIE: &str = "esia-sim-session";

/// The value of [`SESSION_COOKIE`].
pub(crate) fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get(COOKIE)?.to_str().ok()?;
    cookies
        .split("; ")
        .find_map(|cookie| cookie.strip_prefix(SESSION_COOKIE)?.strip_prefix('='))
}

/// Who signs in.
pub(crate) fn login(id: &str) -> Response {
    let people: String = PEOPLE
        .iter()
        .map(|account| person_button(id, account))
        .collect();
    let body = format!(
        "<h1>Кто входит?</h1><p>Выберите человека: пароль не нужен, все люди придуманы.</p><div class=\"list\">{people}</div>"
    );
    page(StatusCode::OK, "Вход", &body)
}

/// Whether the person allows it.
pub(crate) fn consent(
    id: &str,
    account: &Account,
    client: &str,
    authorization: &Authorization,
) -> Response {
    let asked: String = authorization
        .scopes
        .iter()
        .map(|scope| format!("<li>{}</li>", scope_label(scope)))
        .collect();
    let hidden = format!(
        "<input type=\"hidden\" name=\"id\" value=\"{}\"><input type=\"hidden\" name=\"person\" value=\"{}\">",
        escape(id),
        escape(account.key)
    );
    let body = format!(
        "<h1>{name}</h1><p>Система <b>{client}</b> просит разрешения узнать:</p><ul>{asked}</ul>\
         <form method=\"post\" action=\"/login/decision\">{hidden}\
         <button class=\"main\" name=\"decision\" value=\"allow\" data-testid=\"esia-allow\">Разрешить</button>\
         <button class=\"plain\" name=\"decision\" value=\"deny\" data-testid=\"esia-deny\">Отказать</button></form>",
        name = escape(&account.full_name()),
        client = escape(client),
    );
    page(StatusCode::OK, "Разрешение", &body)
}

/// An error that is not sent back to the client.
pub(crate) fn error(error: &EsiaError) -> Response {
    let body = format!(
        "<h1>Ошибка</h1><p data-testid=\"esia-error\"><code>{}</code></p><p>Вернитесь на страницу документа и начните \
         вход заново.</p>",
        escape(&error.to_string())
    );
    page(StatusCode::BAD_REQUEST, "Ошибка", &body)
}

fn person_button(id: &str, account: &Account) -> String {
    format!(
        "<form method=\"post\" action=\"/login\"><input type=\"hidden\" name=\"id\" value=\"{id}\">\
         <button class=\"person\" name=\"person\" value=\"{key}\" data-testid=\"person-{key}\"><b>{name}</b>\
         <span>{birth}{snils}</span><small>{purpose}</small></button></form>",
        id = escape(id),
        key = escape(account.key),
        name = escape(&account.full_name()),
        birth = escape(account.birth_date),
        snils = account
            .snils
            .map(|snils| format!(" · СНИЛС {}", escape(snils)))
            .unwrap_or_default(),
        purpose = escape(account.purpose),
    )
}

fn scope_label(scope: &str) -> &'static str {
    match scope {
        "openid" => "номер учётной записи",
        "fullname" => "фамилию, имя и отчество",
        "birthdate" => "дату рождения",
        "gender" => "пол",
        "snils" => "СНИЛС",
        "inn" => "ИНН",
        "email" => "адрес электронной почты",
        "mobile" => "номер мобильного телефона",
        _ => "другие данные",
    }
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"ru\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{title} · Симулятор ЕСИА</title>\
         <style>{STYLE}</style></head><body><div class=\"banner\" role=\"note\">Симулятор ЕСИА — не настоящие Госуслуги</div>\
         <main>{body}</main></body></html>"
    );
    let headers = [
        (CACHE_CONTROL, "no-store"),
        // No form-action: browsers would apply it to the redirect back to the client as well.
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
    ];
    (status, headers, Html(html)).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#14213d;--back:#f4f6fa;--card:#fff;--line:#c9d2e0;--main:#0b5fd8;--dim:#4a5670}\
@media(prefers-color-scheme:dark){:root{--ink:#eef2fa;--back:#10151f;--card:#1a2231;--line:#3a4760;--main:#7db1ff;--dim:#b4c0d6}}\
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);font:17px/1.45 system-ui,sans-serif}\
.banner{background:#8a2a00;color:#fff;padding:10px 16px;text-align:center;font-weight:600}\
main{max-width:560px;margin:0 auto;padding:20px 16px 40px}h1{font-size:24px;margin:8px 0}\
.list{display:grid;gap:10px}form{margin:0}button{font:inherit;min-height:48px;width:100%;border-radius:12px;cursor:pointer}\
.person{display:grid;gap:2px;text-align:left;padding:12px 14px;background:var(--card);color:inherit;border:1px solid var(--line)}\
.person span,.person small{color:var(--dim)}\
.main{background:var(--main);color:var(--card);border:0;font-weight:600;margin-bottom:10px}\
.plain{background:none;color:inherit;border:1px solid var(--line)}\
button:focus-visible{outline:3px solid var(--main);outline-offset:2px}code{overflow-wrap:anywhere}";
