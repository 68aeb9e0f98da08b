//! E-mail: letters to a relay by SMTP, or to an e-mail service over HTTP (`docs/email.md`). The sandbox keeps them for the
//! developer to read.

mod html;
mod letter;
mod outcome;
mod reply;
mod service;
mod settings;
mod smtp;
#[cfg(target_family = "wasm")]
mod tls;
mod unsubscribe;
mod wire;

use crate::attempt::{Failed, Known, Receipt};
use crate::limited::limited;
use crate::send::Parcel;
use crate::settings::Times;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use html::Sender;
use letter::Letter;
use podpis_kit::store::branding;
use podpis_kit::{Context, Db, Failure, Result as Answered, http};
use podpis_shared::delivery::Reason;
use podpis_shared::person::Email;
use podpis_shared::problem::Code;
use podpis_shared::wire::handed::Handed;
use serde::Deserialize;
use settings::{Settings, Way};

/// Sends a notice. One try; sending it again gives a letter with the same `Message-ID`.
pub(crate) async fn send(parcel: Parcel<'_>) -> Result<Receipt, Failed> {
    if let Some(receipt) = crate::sandbox::keep(parcel).await? {
        return Ok(receipt);
    }
    let message = parcel.message;
    let settings = Settings::load().await.map_err(|f| internal(&f))?;
    if settings.way.is_none() {
        return Err(Failed::for_now(Reason::NotConfigured));
    }
    let db = Db::open().await.map_err(|e| internal(&e.into()))?;
    let look = branding::look(&db, &message.clinic_id).await;
    let look = look.map_err(|e| internal(&e.into()))?;
    let look = look.ok_or(Failed::for_good(Reason::DocumentGone))?;
    let sender = Sender::clinic(&look, &settings.base_url);
    let unsubscribe = match message.notice {
        Some(_) => unsubscribe::address(db, message, &settings).await,
        None => Ok(None),
    };
    let letter = Letter {
        id: &message.id,
        to: &message.recipient,
        sender: &sender,
        subject: message.subject.as_deref().unwrap_or(&sender.name),
        text: parcel.text,
        unsubscribe: unsubscribe.map_err(|f| internal(&f))?,
    };
    hand_over(&settings, &letter).await
}

/// A letter of another component: a one-time code. No `Debug`: it holds the code, which is never stored here.
#[derive(Deserialize)]
pub(crate) struct Asked {
    id: String,
    to: String,
    subject: String,
    text: String,
}

/// `POST /mail` `{id, to, subject, text}`: sends a letter at once, without the outbox, and says what came of it. It tries
/// once; whoever asks may ask again with the same `id`.
pub(crate) async fn on_mail(
    _context: Context,
    headers: HeaderMap,
    body: Body,
) -> Answered<Response> {
    let asked: Asked = http::read_json(&headers, body).await?;
    if Email::parse(&asked.to).is_none() {
        return Err(Failure::new(Code::Invalid, "to is not an address"));
    }
    let settings = Settings::load().await?;
    let sender = Sender::plain(podpis_kit::vars::get("operator_name").await?);
    let letter = Letter {
        id: &asked.id,
        to: &asked.to,
        sender: &sender,
        subject: &asked.subject,
        text: &asked.text,
        unsubscribe: None,
    };
    let most = Times::load().await?.timeout();
    let sent = limited(most, hand_over(&settings, &letter)).await;
    let handed = match sent.unwrap_or(Err(Failed::for_now(Reason::Timeout))) {
        Ok(receipt) => Handed::Delivered {
            reference: receipt.reference,
        },
        Err(failed) if !failed.retry => Handed::Failed {
            reason: failed.reason,
        },
        Err(failed) => {
            eprintln!("mail not sent: {}", failed.reason.as_str());
            let detail = "Письмо не отправлено. Попробуйте позже.";
            return Err(Failure::new(Code::Unavailable, detail));
        }
    };
    http::json(StatusCode::OK, &handed)
}

async fn hand_over(settings: &Settings, letter: &Letter<'_>) -> Result<Receipt, Failed> {
    let status = match &settings.way {
        Some(Way::Smtp(relay)) => {
            let data = letter.compose(settings, podpis_kit::now().unix())?;
            let envelope = smtp::Envelope {
                from: &settings.from,
                to: letter.to,
                data: &data,
            };
            let mut wire = wire::Wire::connect(relay).await?;
            smtp::deliver(&mut wire, relay, &envelope).await?
        }
        Some(Way::Service(service)) => service::send(service, settings, letter).await?,
        None => return Err(Failed::for_now(Reason::NotConfigured)),
    };
    Ok(Receipt {
        reference: Some(letter.message_id(settings)),
        known: Known::NoMore,
        status: Some(status),
    })
}

fn internal(failure: &Failure) -> Failed {
    failure.log();
    Failed::for_now(Reason::Internal)
}
