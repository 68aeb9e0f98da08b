//! `POST /patient/document/code`: the person wants to sign, or to accept an agreement, by a one-time code.

use super::parcel::{self, Parcel};
use super::{Right, ways};
use crate::db;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::access::{Offered, Opened};
use podpis_kit::store::accounts::contacts::Contact;
use podpis_kit::store::agreements::Agreement as Version;
use podpis_kit::store::{Document, Event, journal};
use podpis_kit::{Context, Db, Failure, Result, acceptance, act, http, now, policy, session};
use podpis_shared::hash::sha256_hex;
use podpis_shared::policy::{Agreement, accepts, decide};
use podpis_shared::problem::{Code, Problem};
use podpis_shared::wire::account::CodeSent;
use podpis_shared::wire::code::Purpose;
use podpis_shared::wire::patient::CodeStart;
use podpis_shared::{Hashes, Method, Phone, Timestamp};
use serde_json::json;

/// Checks what the page saw, as `/esia/start` does, and sends a code that works for this act alone.
///
/// # Errors
/// Those of the right; `already_signed`, `invalid_state`, `policy`, `phone_needed`, `phone_mismatch`, `hash_mismatch`,
/// `not_fully_shown`, `consent_changed`; those of `sms`.
pub(super) async fn ask(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    let request: CodeStart = http::read_json(&headers, body).await?;
    let at = now();
    let sent = match Right::of(&headers, at).await? {
        Right::Document(opened) => to_sign(&context, &headers, *opened, request, at).await?,
        Right::Agreement(offered) => to_accept(&context, &headers, &offered, request, at).await?,
    };
    http::json(StatusCode::OK, &sent)
}

async fn to_sign(
    context: &Context,
    headers: &HeaderMap,
    opened: Opened,
    request: CodeStart,
    at: Timestamp,
) -> Result<CodeSent> {
    let phone = check(&opened, at).await?;
    let Opened { db, document, by } = opened;
    let consent = act::consent(&document, Method::Sms);
    act::check_shown(&request, &document.hashes, document.pages, &consent)?;
    let account_id = by.account_id().ok_or_else(session::signed_out)?;
    let clinic_name = db::clinic_name(&db, &document.clinic_id).await?;
    drop(db);
    let act = act::of(request, consent, context.clone(), at);
    let parcel = Parcel {
        purpose: Purpose::Sign,
        subject: of_document(&document, account_id),
        contact: &Contact::Phone(phone),
        clinic: (&document.clinic_id, &clinic_name),
        document_id: Some(&document.id),
        title: &document.title,
        act: &act,
    };
    let sent = parcel::send(context, headers, parcel).await?;
    record(&document, &sent, at).await?;
    Ok(sent)
}

/// Everything that must hold before a code is sent; where it goes.
async fn check(opened: &Opened, at: Timestamp) -> Result<Phone> {
    let (document, by) = (&opened.document, &opened.by);
    by.may_act()?;
    act::check_open(document, at)?;
    let table = policy::table().await?;
    // The law's own word comes first: what it forbids, no agreement and no other phone would help.
    let by_law = document.question(at, Method::Sms, Agreement::Valid);
    decide(&table, by_law).map_err(Problem::of_refusal_to_sign)?;
    if !accepts(document.method, Method::Sms) {
        let detail = "Клиника просит подписать этот документ через Госуслуги.";
        return Err(Failure::new(Code::InvalidState, detail));
    }
    // Only the account leads this far: a link's document is not signed by a code.
    let account_id = by.account_id().ok_or_else(session::signed_out)?;
    let phone = ways::phone(&opened.db, account_id).await?;
    if let Some(obstacle) = ways::obstacle(document, phone.as_ref()) {
        return Err(obstacle.into());
    }
    let agreement = ways::agreement(&opened.db, document, by, phone.as_ref()).await?;
    let question = document.question(at, Method::Sms, agreement);
    decide(&table, question).map_err(Problem::of_refusal_to_sign)?;
    phone.ok_or_else(|| ways::Obstacle::Missing.into())
}

/// The journal tells that a code is on its way; whose phone it is, it does not.
async fn record(document: &Document, sent: &CodeSent, at: Timestamp) -> Result<()> {
    let tx = Db::open().await?.begin().await?;
    let facts = json!({ "act_id": sent.code_id, "channel": sent.channel, "sha256": document.hashes.sha256 });
    let (clinic, id, event) = (&document.clinic_id, Some(&*document.id), Event::CodeIssued);
    journal::append(&tx, clinic, id, event, at, facts).await?;
    Ok(tx.commit().await?)
}

async fn to_accept(
    context: &Context,
    headers: &HeaderMap,
    offered: &Offered,
    request: CodeStart,
    at: Timestamp,
) -> Result<CodeSent> {
    let (reader, agreement) = (&offered.reader, &offered.agreement);
    let held = ways::chosen(&reader.contacts, &reader.session);
    let held = held.ok_or(ways::Obstacle::Missing)?;
    let (person, method) = (reader.account.person.as_ref(), ways::method(&held.contact));
    let table = policy::table().await?;
    let question = acceptance::question(person, method, at);
    decide(&table, question).map_err(Problem::of_refusal_to_sign)?;
    let consent = acceptance::words(person, method);
    act::check_shown(&request, &agreement.hashes, agreement.pages, &consent)?;
    let clinic_name = db::clinic_name(&reader.db, &agreement.clinic_id).await?;
    let act = act::of(request, consent, context.clone(), at);
    let parcel = Parcel {
        purpose: Purpose::Accept,
        subject: of_agreement(agreement, &reader.account.id),
        contact: &held.contact,
        clinic: (&agreement.clinic_id, &clinic_name),
        document_id: None,
        title: &agreement.title,
        act: &act,
    };
    parcel::send(context, headers, parcel).await
}

/// What a code that signs is bound to: the action, the very bytes, and who acts.
pub(super) fn of_document(document: &Document, account_id: &str) -> String {
    subject(Purpose::Sign, &document.id, &document.hashes, account_id)
}

/// Likewise, of a version of an agreement.
pub(super) fn of_agreement(agreement: &Version, account_id: &str) -> String {
    subject(
        Purpose::Accept,
        &agreement.id,
        &agreement.hashes,
        account_id,
    )
}

fn subject(purpose: Purpose, id: &str, hashes: &Hashes, account_id: &str) -> String {
    let parts = [
        purpose.as_str(),
        id,
        &hashes.sha256,
        &hashes.streebog256,
        account_id,
    ];
    sha256_hex(parts.join("\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_bound_to_action_bytes_and_account() {
        let (one, other) = (Hashes::of(b"one"), Hashes::of(b"other"));
        let mixed = Hashes {
            streebog256: other.streebog256.clone(),
            ..one.clone()
        };
        let subjects = [
            subject(Purpose::Sign, "doc_1", &one, "acc_1"),
            subject(Purpose::Accept, "doc_1", &one, "acc_1"),
            subject(Purpose::Sign, "doc_2", &one, "acc_1"),
            subject(Purpose::Sign, "doc_1", &other, "acc_1"),
            subject(Purpose::Sign, "doc_1", &mixed, "acc_1"),
            subject(Purpose::Sign, "doc_1", &one, "acc_2"),
        ];
        for (at, one) in subjects.iter().enumerate() {
            assert_eq!(one.len(), 64);
            assert!(!subjects[..at].contains(one), "{at}");
        }
    }
}
