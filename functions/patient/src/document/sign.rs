//! `POST /patient/document/sign`: the code came back. The signature, or the acceptance, stands once.
//!
//! A right code may be repeated for a while and gives the same facts; `vault` does one act once for a code's id. So a lost
//! answer or a crash between the steps costs nothing but a repeat.

use super::{Right, code};
use crate::db;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::access::{Offered, Opened};
use podpis_kit::store::accounts::{self, Account, contacts};
use podpis_kit::store::{Document, Event, journal};
use podpis_kit::{Context, Db, Failure, Result, http, neighbour, now, session};
use podpis_shared::problem::Code;
use podpis_shared::wire::account::TypedCode;
use podpis_shared::wire::code::{Check, Purpose, Verified};
use podpis_shared::wire::patient::EsiaCompleted;
use podpis_shared::wire::vault::{Accept, Accepted, Act, CodeIdentity, Identity, Sign, Signed};
use podpis_shared::{Method, Sensitive, Status};
use serde_json::json;

/// Signs, or accepts, with a typed code.
///
/// # Errors
/// Those of the right; `code_wrong`, `code_expired`, `invalid`; `phone_mismatch` where the contact is not the account's any
/// more; those of `vault`.
pub(super) async fn sign(context: Context, headers: HeaderMap, body: Body) -> Result<Response> {
    let typed: TypedCode = http::read_json(&headers, body).await?;
    let done = match Right::of(&headers, now()).await? {
        Right::Document(opened) => document(&context, *opened, typed).await?,
        Right::Agreement(offered) => agreement(&context, *offered, typed).await?,
    };
    neighbour::nudge_delivery(&context);
    http::json(StatusCode::OK, &done)
}

async fn document(context: &Context, opened: Opened, typed: TypedCode) -> Result<EsiaCompleted> {
    let Opened { db, document, by } = opened;
    by.may_act()?;
    let account_id = by.account_id().ok_or_else(session::signed_out)?;
    let account = accounts::find(&db, account_id).await?;
    let account = account.ok_or_else(session::signed_out)?;
    drop(db);
    let subject = code::of_document(&document, account_id);
    let verified = match check(context, Purpose::Sign, subject, &typed).await {
        Ok(verified) => verified,
        Err(failure) => {
            if failure.code() == Some(Code::CodeExpired) {
                record_locked(&document, &typed.code_id).await?;
            }
            return Err(failure);
        }
    };
    let request = Sign {
        document_id: document.id,
        act_id: typed.code_id,
        method: Method::Sms,
        act: act(&verified)?,
        identity: Identity::Code(Box::new(identity(&account, verified).await?)),
    };
    let signed: Signed = neighbour::post_json(context, "vault", "/sign", &request).await?;
    Ok(EsiaCompleted {
        status: signed.status,
        signed_at: signed.signed_at,
        document_id: None,
    })
}

async fn agreement(context: &Context, offered: Offered, typed: TypedCode) -> Result<EsiaCompleted> {
    let Offered { reader, agreement } = offered;
    let account = reader.account;
    drop(reader.db);
    let subject = code::of_agreement(&agreement, &account.id);
    let verified = check(context, Purpose::Accept, subject, &typed).await?;
    let request = Accept {
        agreement_id: agreement.id,
        account_id: account.id.clone(),
        act_id: typed.code_id,
        act: act(&verified)?,
        identity: Identity::Code(Box::new(identity(&account, verified).await?)),
        person: account.person,
    };
    let accepted: Accepted = neighbour::post_json(context, "vault", "/accept", &request).await?;
    Ok(EsiaCompleted {
        status: Status::Completed,
        signed_at: accepted.accepted_at,
        document_id: Some(accepted.document_id),
    })
}

/// Asks `sms` whether it is the right code for this very act.
async fn check(
    context: &Context,
    purpose: Purpose,
    subject: String,
    typed: &TypedCode,
) -> Result<Verified> {
    let check = Check {
        id: typed.code_id.clone(),
        purpose,
        subject,
        code: Sensitive::new(typed.code.clone()),
    };
    neighbour::post_json(context, "sms", "/codes/check", &check).await
}

/// What happened on the page when the code was asked for.
fn act(verified: &Verified) -> Result<Act> {
    let json = verified.context.as_ref().map(|context| context.expose());
    let act = json.and_then(|json| serde_json::from_str(json).ok());
    act.ok_or_else(|| Failure::internal("codes", "a code came back without its act"))
}

/// All that is known about whoever typed it.
async fn identity(account: &Account, verified: Verified) -> Result<CodeIdentity> {
    let db = Db::open().await?;
    let held = contacts::of_account(&db, &account.id).await?;
    let held = held
        .iter()
        .find(|held| held.contact.expose() == verified.to.expose());
    let held = held.ok_or_else(not_held)?;
    let contact_since = held.since;
    // Who signs by codes is not silent, though they may not have signed in for long.
    let tx = db.begin().await?;
    contacts::prove(&tx, &held.id, verified.verified_at).await?;
    tx.commit().await?;
    Ok(CodeIdentity {
        account_id: account.id.clone(),
        channel: verified.channel.as_str().into(),
        to: verified.to,
        text: verified.text,
        contact_since,
        esia_confirmed_at: account.confirmed_at,
        issued_at: verified.issued_at,
        sent_at: verified.sent_at,
        receipt: verified.receipt,
        verified_at: verified.verified_at,
        wrong_tries: verified.wrong_tries,
        round: verified.round,
    })
}

fn not_held() -> Failure {
    Failure::new(
        Code::PhoneMismatch,
        "Код пришёл на номер или адрес, который больше не относится к вашему кабинету. Запросите новый.",
    )
}

/// Whoever guesses leaves a trace: one entry for a code that was typed wrong too often.
async fn record_locked(document: &Document, code_id: &str) -> Result<()> {
    let db = Db::open().await?;
    if !db::document::is_locked(&db, &document.id, code_id).await? {
        return Ok(());
    }
    let tx = db.begin().await?;
    if !db::document::has_failed(&tx, &document.id, code_id).await? {
        let facts = json!({ "act_id": code_id, "code": Code::CodeExpired.as_str() });
        let (clinic, id, event) = (&document.clinic_id, Some(&*document.id), Event::CodeFailed);
        journal::append(&tx, clinic, id, event, now(), facts).await?;
    }
    Ok(tx.commit().await?)
}
