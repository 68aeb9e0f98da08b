//! `Idempotency-Key`: the same key and body gives the first answer again.
//!
//! The answer is stored in the transaction of the change itself. A refused
//! request changes nothing, so it leaves no answer behind either: the caller
//! may mend it and use the key again.

use crate::db;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use podpis_kit::{Db, Failure, Result, Tx, now};
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;

/// Longest key, in bytes.
const KEY_MAX: usize = 255;

/// A key with what it was used for.
pub(crate) struct Request {
    clinic_id: String,
    key: String,
    fingerprint: String,
}

/// The key of a request; `None` without the header. `content` is what the body says, as any stable bytes.
///
/// # Errors
/// `bad_request` for a key that is empty, longer than 255 bytes or not printable ASCII.
pub(crate) fn of(
    headers: &HeaderMap,
    clinic_id: &str,
    path: &str,
    content: &[u8],
) -> Result<Option<Request>> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = value
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|key| (1..=KEY_MAX).contains(&key.len()));
    let key = key.ok_or_else(|| {
        Failure::new(
            Code::BadRequest,
            "Idempotency-Key is 1 to 255 printable characters",
        )
    })?;
    let fingerprint = sha256_hex(&[path.as_bytes(), &[0], content].concat());
    Ok(Some(Request {
        clinic_id: clinic_id.into(),
        key: key.into(),
        fingerprint,
    }))
}

impl Request {
    /// The first answer, if there is one.
    ///
    /// # Errors
    /// `idempotency_conflict` where the key was used with another body.
    pub(crate) async fn replay(&self, db: &Db) -> Result<Option<Response>> {
        let first = self.first(db).await?;
        Ok(first.map(|first| answer(first.status, first.body)))
    }

    /// Likewise, as it was kept.
    ///
    /// # Errors
    /// As [`Request::replay`].
    pub(crate) async fn first(&self, db: &Db) -> Result<Option<db::Answer>> {
        let Some(first) = db::idempotent_answer(db, &self.clinic_id, &self.key).await? else {
            return Ok(None);
        };
        if first.fingerprint != self.fingerprint {
            let detail = "this Idempotency-Key was used with another body";
            return Err(Failure::new(Code::IdempotencyConflict, detail));
        }
        Ok(Some(first))
    }

    /// Keeps the answer, in the transaction of the change.
    pub(crate) async fn keep(&self, tx: &Tx, status: StatusCode, body: &str) -> Result<()> {
        let first = db::Answer {
            fingerprint: self.fingerprint.clone(),
            status: status.as_u16(),
            body: body.to_owned(),
        };
        Ok(db::insert_idempotent_answer(tx, &self.clinic_id, &self.key, &first, now()).await?)
    }
}

/// An answer with a JSON text.
pub(crate) fn answer(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}
