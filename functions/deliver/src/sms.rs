//! Text messages: handed to `sms`, which knows the gateways.

use crate::attempt::{Failed, Known, Receipt};
use crate::send::Parcel;
use axum::body::Body;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use podpis_kit::{Failure, neighbour};
use podpis_shared::delivery::Reason;
use podpis_shared::problem::Code;
use podpis_shared::wire::handed::Handed;
use serde_json::json;

/// Hands a message to `sms`. Handing it over again with the same id sends nothing twice.
pub(crate) async fn send(parcel: Parcel<'_>) -> Result<Receipt, Failed> {
    let message = parcel.message;
    let document = parcel
        .document
        .ok_or(Failed::for_good(Reason::DocumentGone))?;
    let body = json!({
        "id": message.id, "to": message.recipient, "text": parcel.text,
        "clinic_id": document.clinic_id, "document_id": document.id,
    });
    let request = neighbour::request(parcel.context, "sms", Method::POST, "/send")
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()));
    let answer = neighbour::send(request).await.map_err(|f| not_now(&f))?;
    read(&answer)
}

/// An empty answer is that of a gateway that delivers at once.
fn read(answer: &[u8]) -> Result<Receipt, Failed> {
    let handed = if answer.is_empty() {
        Handed::Delivered { reference: None }
    } else {
        serde_json::from_slice(answer).map_err(|_| Failed::for_now(Reason::Internal))?
    };
    let (known, reference) = match handed {
        Handed::Sent { reference } => (Known::Later, Some(reference)),
        Handed::Delivered { reference } => (Known::Delivered, reference),
        Handed::Failed { reason } => return Err(Failed::for_good(reason)),
    };
    Ok(Receipt {
        reference,
        known,
        status: None,
    })
}

fn not_now(failure: &Failure) -> Failed {
    let reason = match failure.code() {
        Some(Code::TooMany) => Reason::Limit,
        Some(Code::Unavailable) => Reason::Unavailable,
        // What `sms` does not take at all: no later try changes it.
        Some(Code::Invalid | Code::BadRequest) => return Failed::for_good(Reason::Rejected),
        _ => Reason::Internal,
    };
    Failed::for_now(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let taken = |known, reference: Option<&str>| {
            Ok(Receipt {
                reference: reference.map(str::to_owned),
                known,
                status: None,
            })
        };
        for (answer, read_as) in [
            ("", taken(Known::Delivered, None)),
            (r#"{"status":"delivered"}"#, taken(Known::Delivered, None)),
            (
                r#"{"status":"sent","reference":"7"}"#,
                taken(Known::Later, Some("7")),
            ),
            (
                r#"{"status":"failed","reason":"no_recipient"}"#,
                Err(Failed::for_good(Reason::NoRecipient)),
            ),
            ("{}", Err(Failed::for_now(Reason::Internal))),
        ] {
            assert_eq!(read(answer.as_bytes()), read_as, "{answer}");
        }
    }
}
