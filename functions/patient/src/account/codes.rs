//! One-time codes to phones and e-mails, by `sms`.

use crate::db;
use axum::http::HeaderMap;
use podpis_kit::store::accounts::contacts::Contact;
use podpis_kit::{Context, Db, Failure, Result, neighbour, vars};
use podpis_shared::Sensitive;
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use podpis_shared::wire::account::{CodeSent, TypedCode};
use podpis_shared::wire::code::{Channel, Check, Issue, Issued, Purpose, Verified};

/// What somebody typed as a phone or an e-mail.
///
/// # Errors
/// `invalid`.
pub(crate) fn contact(typed: &str) -> Result<Contact> {
    let detail = "Введите номер мобильного телефона или адрес электронной почты.";
    Contact::parse(typed).ok_or_else(|| Failure::new(Code::Invalid, detail))
}

/// What a code is bound to: a contact, and whoever asked for it (a browser, or a session).
pub(crate) fn subject(purpose: Purpose, contact: &Contact, asker: &str) -> String {
    let (purpose, kind, value) = (purpose.as_str(), contact.kind(), contact.expose());
    sha256_hex(format!("{purpose}:{kind}:{value}:{asker}").as_bytes())
}

/// Sends a code.
///
/// # Errors
/// Those of `sms`: `too_many_requests`, `invalid`, `unavailable`.
pub(crate) async fn send(
    context: &Context,
    headers: &HeaderMap,
    purpose: Purpose,
    contact: &Contact,
    asker: &str,
) -> Result<CodeSent> {
    let channel = match contact {
        Contact::Phone(_) => Channel::Sms,
        Contact::Email(_) => Channel::Email,
    };
    let issue = Issue {
        purpose,
        subject: subject(purpose, contact, asker),
        channel,
        to: Sensitive::new(contact.expose().to_owned()),
        clinic_id: None,
        clinic_name: None,
        document_id: None,
        title: None,
        host: host(&vars::base_url(headers).await?).to_owned(),
        client_addr: context.client_addr.clone().map(Sensitive::new),
        context: None,
    };
    let issued: Issued = neighbour::post_json(context, "sms", "/codes", &issue).await?;
    Ok(CodeSent {
        code_id: issued.id,
        channel: channel.as_str().into(),
        to: contact.masked(),
        resend_at: issued.resend_at,
        expires_at: issued.expires_at,
        resends_left: issued.resends_left,
    })
}

/// Checks a typed code; the contact that it came from.
///
/// # Errors
/// Those of `sms`: `code_wrong`, `code_expired`, `invalid`.
pub(crate) async fn check(
    context: &Context,
    db: &Db,
    purpose: Purpose,
    typed: &TypedCode,
    asker: &str,
) -> Result<(Contact, Verified)> {
    let contact = db::account::code_recipient(db, &typed.code_id, purpose).await?;
    let check = Check {
        id: typed.code_id.clone(),
        purpose,
        // A code that nobody issued is refused by `sms` as every other one.
        subject: contact.as_ref().map_or_else(
            || sha256_hex(b""),
            |contact| subject(purpose, contact, asker),
        ),
        code: Sensitive::new(typed.code.clone()),
    };
    let verified = neighbour::post_json(context, "sms", "/codes/check", &check).await?;
    Ok((contact.ok_or_else(over)?, verified))
}

/// A code that works no more.
pub(crate) fn over() -> Failure {
    let detail = "Этот код больше не действует. Запросите новый.";
    Failure::new(Code::CodeExpired, detail)
}

/// Name of a page's host, without its port: `sign.example.ru` of `https://sign.example.ru:8443`.
pub(crate) fn host(base_url: &str) -> &str {
    let rest = base_url
        .split_once("://")
        .map_or(base_url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for (url, name) in [
            ("https://sign.example.ru", "sign.example.ru"),
            ("https://sign.example.ru:8443", "sign.example.ru"),
            ("http://localhost:3000", "localhost"),
            ("http://127.0.0.1", "127.0.0.1"),
        ] {
            assert_eq!(host(url), name);
        }
    }

    #[test]
    fn a_code_is_bound_to_contact_purpose_and_browser() {
        let phone = contact("+79161234567").unwrap();
        let mail = contact("m@example.ru").unwrap();
        let subjects = [
            subject(Purpose::SignIn, &phone, "a"),
            subject(Purpose::SignIn, &phone, "b"),
            subject(Purpose::Contact, &phone, "a"),
            subject(Purpose::SignIn, &mail, "a"),
        ];
        for (at, one) in subjects.iter().enumerate() {
            assert!(!subjects[..at].contains(one));
        }
    }
}
