//! The simulator's own pages: plain HTML, no scripts.

use crate::error::EsiaError;
use crate::people::{Account, Group, Level, PEOPLE};
use crate::state::Authorization;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::response::{Html, IntoResponse, Response};

/// Who signs in.
pub(crate) fn login(id: &str, client: &str) -> Response {
    let group = |group: &Group| {
        let people: String = PEOPLE
            .iter()
            .filter(|account| account.group == *group)
            .map(person_button)
            .collect();
        format!(
            "<fieldset><legend>{}</legend>{people}</fieldset>",
            escape(group.title())
        )
    };
    let groups: String = Group::ALL.iter().map(group).collect();
    let body = format!(
        "<h1>Кто входит?</h1>\
         <p class=\"lead\">Вход для системы <b>{client}</b>. Пароль не нужен: все люди придуманы.</p>\
         <form method=\"post\" action=\"/login\">{hidden}{groups}</form>\
         <form method=\"post\" action=\"/login/decision\">{hidden}\
         <button class=\"plain\" name=\"decision\" value=\"deny\" data-testid=\"esia-cancel\">Вернуться без входа</button></form>",
        client = escape(client),
        hidden = hidden("id", id),
    );
    page(StatusCode::OK, "Вход", &body)
}

/// Whether the person allows it.
pub(crate) fn consent(id: &str, account: &Account, authorization: &Authorization) -> Response {
    let asked: String = authorization
        .scopes
        .names()
        .map(|scope| format!("<li>{}</li>", scope_label(scope)))
        .collect();
    let body = format!(
        "<h1>Разрешить доступ?</h1><div class=\"who\">{card}</div>\
         <p class=\"lead\">Система <b>{client}</b> хочет узнать:</p><ul>{asked}</ul>\
         <form method=\"post\" action=\"/login/decision\">{id}{person}\
         <button class=\"main\" name=\"decision\" value=\"allow\" data-testid=\"esia-allow\">Разрешить</button>\
         <button class=\"plain\" name=\"decision\" value=\"deny\" data-testid=\"esia-deny\">Отказать</button></form>",
        card = card(account),
        client = escape(&authorization.client),
        id = hidden("id", id),
        person = hidden("person", account.key),
    );
    page(StatusCode::OK, "Разрешение", &body)
}

/// An error that is not sent back to the client.
pub(crate) fn error(error: &EsiaError) -> Response {
    let body = format!(
        "<h1>Войти не получилось</h1><p class=\"lead\">Вернитесь на страницу документа и начните вход заново.</p>\
         <p data-testid=\"esia-error\"><code>{}</code></p>",
        escape(&error.to_string())
    );
    page(StatusCode::BAD_REQUEST, "Ошибка", &body)
}

fn person_button(account: &Account) -> String {
    format!(
        "<button class=\"person\" name=\"person\" value=\"{key}\" data-testid=\"person-{key}\">{card}\
         <span class=\"purpose\">{purpose}</span></button>",
        key = escape(account.key),
        card = card(account),
        purpose = escape(account.purpose),
    )
}

/// Initials, name, birth date, СНИЛС, kind of the account.
fn card(account: &Account) -> String {
    let initial = |name: &str| name.chars().take(1).collect::<String>();
    let (kind, class) = match account {
        account if account.status != "REGISTERED" => ("удалённая", "bad"),
        Account {
            level: Level::Child,
            ..
        } => ("детская", "bad"),
        account if account.trusted => ("подтверждённая", "good"),
        account if account.snils.is_some() => ("стандартная", "bad"),
        _ => ("упрощённая", "bad"),
    };
    let snils = account.snils.map_or_else(
        || "СНИЛС не указан".to_owned(),
        |snils| format!("СНИЛС {snils}"),
    );
    format!(
        "<span class=\"mark\" aria-hidden=\"true\">{initials}</span>\
         <span class=\"about\"><b>{name}</b><span>Родил{ending} {birth}</span><span>{snils}</span>\
         <span class=\"kind {class}\">{kind}</span></span>",
        initials = escape(&(initial(account.first_name) + &initial(account.last_name))),
        name = escape(&account.full_name()),
        ending = if account.gender == "M" {
            "ся"
        } else {
            "ась"
        },
        birth = escape(account.birth_date),
        snils = escape(&snils),
    )
}

fn hidden(name: &str, value: &str) -> String {
    format!(
        "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
        escape(value)
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
        "id_doc" => "паспортные данные",
        "birthplace" => "место рождения",
        "email" => "адрес электронной почты",
        "mobile" => "номер мобильного телефона",
        "contacts" => "телефон и адрес электронной почты",
        "addresses" => "адреса",
        "usr_org" => "организации, где вы работаете",
        "kid_fullname" | "kid_birthdate" | "kid_snils" | "kid_birth_cert_doc" => "данные детей",
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

const STYLE: &str = include_str!("pages.css");
