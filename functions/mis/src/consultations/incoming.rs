//! What a MIS sends to book a consultation: JSON alone, or JSON with the clinic's consent beside it as a file.

use crate::documents::create;
use crate::documents::multipart::{self, Upload};
use crate::upload;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::stream;
use podpis_kit::{Context, Failure, Result, http};
use podpis_shared::consultation::consent_until;
use podpis_shared::hash::sha256_hex;
use podpis_shared::policy::Table;
use podpis_shared::problem::Code;
use podpis_shared::wire::consultation::{ConsentText, NewConsultation, SMS_REMINDER_MAX};
use podpis_shared::wire::mis::{EXTERNAL_ID_MAX, NewDocument};
use podpis_shared::wire::vault::Stored;
use podpis_shared::{Delivery, Kind, Method, Parties, Purpose, Timestamp};
use std::convert::Infallible;

/// Title of the consent, as the patient sees it.
const TITLE: &str = "Согласие на консультацию с применением телемедицинских технологий";

/// Largest body of JSON, in bytes: a consent of about 6 MiB in base64. A larger one comes as a part of its own.
const BODY_MAX: usize = 8 * 1024 * 1024;

/// How far ahead a consultation may be booked, in seconds: a year.
const AHEAD_MAX: i64 = 365 * 24 * 3600;

/// A booking that may be made.
pub(crate) struct Incoming {
    pub(crate) new: NewConsultation,
    /// What its idempotency goes by.
    pub(crate) content: String,
    /// The clinic's own consent, inspected and stored; `None`: the default one.
    pub(crate) file: Option<Stored>,
}

/// Receives a booking; a file of one that is refused is forgotten.
///
/// # Errors
/// `bad_request`, `unsupported_media_type`, `too_large`, `invalid`, `policy`, what `vault` says of the file.
pub(crate) async fn receive(
    context: &Context,
    headers: &HeaderMap,
    body: Body,
    table: &Table,
    at: Timestamp,
) -> Result<Incoming> {
    let media = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let is_multipart = media.is_some_and(|media| media.starts_with("multipart/"));
    if !is_multipart {
        return of_json(context, headers, body, table, at).await;
    }
    let check = |new: &NewConsultation| {
        let beside = matches!(&new.consent, None | Some(ConsentText::File(_)));
        if !beside {
            let detail = "consent `default` contradicts the part `file`";
            return Err(Failure::new(Code::Invalid, detail));
        }
        check(table, new, at)
    };
    let Upload {
        new,
        document_sha256,
        stored,
        ..
    } = multipart::receive(context, headers, body, "consultation", check).await?;
    let stored = stored.ok_or_else(|| Failure::internal("multipart", "no file"))?;
    Ok(Incoming {
        new,
        content: format!("{document_sha256}:{}", stored.hashes.sha256),
        file: Some(stored),
    })
}

async fn of_json(
    context: &Context,
    headers: &HeaderMap,
    body: Body,
    table: &Table,
    at: Timestamp,
) -> Result<Incoming> {
    http::expect_json(headers)?;
    let bytes = http::read_body(body, BODY_MAX).await?;
    let mut new: NewConsultation = http::parse_json(&bytes)?;
    let content = sha256_hex(&bytes);
    drop(bytes);
    check(table, &new, at)?;
    let file = match new.consent.take() {
        None => {
            let detail = "consent is `default`, or {file} with a PDF in base64";
            return Err(Failure::new(Code::Invalid, detail));
        }
        Some(ConsentText::Default) => None,
        Some(ConsentText::File(base64)) => {
            let pdf = STANDARD.decode(base64);
            let pdf = pdf.map_err(|_| Failure::new(Code::Invalid, "consent.file is not base64"))?;
            Some(staged(context, pdf.into()).await?)
        }
    };
    Ok(Incoming { new, content, file })
}

/// A file that came whole, inspected and stored by `vault`.
async fn staged(context: &Context, pdf: Bytes) -> Result<Stored> {
    let whole = stream::iter([Ok::<_, Infallible>(pdf)]);
    let (stored, outcome) = upload::to_vault(context, whole, |never| match never {}).await;
    match (stored, outcome) {
        (Some(stored), Ok(())) => Ok(stored),
        (stored, outcome) => {
            if let Some(stored) = stored {
                upload::discard(context, &stored).await;
            }
            Err(outcome
                .err()
                .unwrap_or_else(|| Failure::internal("vault", "no answer")))
        }
    }
}

/// What can be said of a booking before its consent is looked at.
fn check(table: &Table, new: &NewConsultation, at: Timestamp) -> Result<()> {
    let invalid = |detail: &str| Err(Failure::new(Code::Invalid, detail));
    if let Err(wrong) = new.doctor.check() {
        return invalid(wrong);
    }
    if new.external_id.is_empty() || new.external_id.chars().count() > EXTERNAL_ID_MAX {
        return invalid("external_id is 1 to 200 characters");
    }
    check_beginning(new.starts_at, at)?;
    if new
        .sms_reminder_before_hours
        .is_some_and(|hours| hours > SMS_REMINDER_MAX)
    {
        return invalid("sms_reminder_before_hours is 0 to 72");
    }
    create::check(table, &consent(new), at)
}

/// A consultation begins later than now, and within a year.
///
/// # Errors
/// `invalid`.
pub(crate) fn check_beginning(starts_at: Timestamp, at: Timestamp) -> Result<()> {
    if starts_at <= at || starts_at > at.plus(AHEAD_MAX) {
        let detail = "starts_at is not within a year from now";
        return Err(Failure::new(Code::Invalid, detail));
    }
    Ok(())
}

/// The consent as a document that a MIS might have sent: by link, to be signed through ESIA.
pub(crate) fn consent(new: &NewConsultation) -> NewDocument {
    NewDocument {
        purpose: Purpose::Signing,
        kind: Kind::TelemedConsent,
        title: TITLE.into(),
        external_id: Some(new.external_id.clone()),
        patient: new.patient.clone(),
        representative: new.representative.clone(),
        delivery: Delivery::Link,
        method: Some(Method::Esia),
        parties: Some(Parties::Patient),
        expires_at: Some(consent_until(new.starts_at)),
        sms_fallback_after_hours: None,
        clinic_signers: None,
        clinic_signers_ordered: false,
        template: None,
        file_of: None,
        package: None,
        metadata: None,
    }
}
