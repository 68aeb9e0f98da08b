//! `Idempotency-Key`: the same key and body gives the first answer again.
//!
//! The answer is stored in the transaction of the change itself. A refused
//! request changes nothing, so it leaves no answer behind either: the caller
//! may mend it and use the key again.

use crate::answer::status;
use crate::auth::Clinic;
use crate::db;
use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use podpis_kit::at_rest::Keys;
use podpis_kit::{Actor, Db, Failure, Result, Tx, now};
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use serde::Serialize;
use std::convert::Infallible;
use std::marker::PhantomData;

/// Longest key, in bytes.
pub(crate) const KEY_MAX: usize = 255;

/// The header, as it came.
pub(crate) struct Key(Option<HeaderValue>);

impl<S: Sync> FromRequestParts<S> for Key {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.headers.get("idempotency-key").cloned()))
    }
}

/// A key with what it was used for.
pub(crate) struct Request {
    clinic_id: String,
    key: String,
    fingerprint: String,
}

/// The key of a request; `None` without the header. `content` is what the body says, as any stable bytes. All keys of a clinic's
/// MIS share their records, so that a new API key finds those of the old one; each of its staff has their own.
///
/// # Errors
/// `bad_request` for a key that is empty, longer than 255 bytes or not printable ASCII.
pub(crate) fn of(
    key: &Key,
    clinic: &Clinic,
    path: &str,
    content: &[u8],
) -> Result<Option<Request>> {
    let Some(value) = &key.0 else {
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
    // A header has no line break, so no MIS can name the record of a person.
    let key = match &clinic.by {
        by @ (Actor::Staff(_) | Actor::Operator) => format!("{by}\n{key}"),
        Actor::Key(_) => key.to_owned(),
    };
    Ok(Some(Request {
        clinic_id: clinic.id.clone(),
        key,
        fingerprint,
    }))
}

impl Request {
    /// The first answer, if there is one.
    ///
    /// # Errors
    /// `idempotency_conflict` where the key was used with another body.
    pub(crate) async fn replay<T, const STATUS: u16>(
        &self,
        db: &Db,
    ) -> Result<Option<Kept<T, STATUS>>> {
        let first = self.first(db).await?;
        Ok(first.map(|first| Kept::again(first.status, first.body)))
    }

    /// Likewise, as it was kept.
    ///
    /// # Errors
    /// As [`Request::replay`].
    async fn first(&self, db: &Db) -> Result<Option<db::Answer>> {
        let Some(first) = db::idempotent_answer(db, &self.clinic_id, &self.key).await? else {
            return Ok(None);
        };
        if first.fingerprint != self.fingerprint {
            let detail = "this Idempotency-Key was used with another body";
            return Err(Failure::new(Code::IdempotencyConflict, detail));
        }
        Ok(Some(first))
    }

    /// Likewise of an answer with a secret, which was kept sealed; `purpose` is what binds it.
    ///
    /// # Errors
    /// As [`Request::replay`].
    pub(crate) async fn replay_sealed<T, const STATUS: u16>(
        &self,
        db: &Db,
        keys: &Keys,
        purpose: &str,
    ) -> Result<Option<Kept<T, STATUS>>> {
        let Some(first) = self.first(db).await? else {
            return Ok(None);
        };
        let body = keys.open_text(purpose, first.body)?;
        Ok(Some(Kept::again(first.status, body)))
    }

    /// Keeps an answer with a secret: it lies nowhere in the clear.
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn keep_sealed<T, const STATUS: u16>(
        &self,
        tx: &Tx,
        keys: &Keys,
        purpose: &str,
        answer: &Kept<T, STATUS>,
    ) -> Result<()> {
        let sealed = keys.seal_text(purpose, &answer.body)?;
        self.keep_as(tx, answer.status, &sealed).await
    }

    /// Keeps the answer, in the transaction of the change.
    pub(crate) async fn keep<T, const STATUS: u16>(
        &self,
        tx: &Tx,
        answer: &Kept<T, STATUS>,
    ) -> Result<()> {
        self.keep_as(tx, answer.status, &answer.body).await
    }

    /// Likewise, with another text in place of the answer's.
    async fn keep_as(&self, tx: &Tx, status: u16, body: &str) -> Result<()> {
        let first = db::Answer {
            fingerprint: self.fingerprint.clone(),
            status,
            body: body.to_owned(),
        };
        Ok(db::insert_idempotent_answer(tx, &self.clinic_id, &self.key, &first, now()).await?)
    }
}

/// An answer that may be given again: JSON of a `T`, as it was written first.
pub(crate) struct Kept<T, const STATUS: u16 = 200> {
    status: u16,
    body: String,
    of: PhantomData<fn() -> T>,
}

impl<T, const STATUS: u16> Kept<T, STATUS> {
    /// As it was kept.
    pub(crate) const fn again(status: u16, body: String) -> Self {
        let of = PhantomData;
        Self { status, body, of }
    }
}

impl<T: Serialize, const STATUS: u16> Kept<T, STATUS> {
    /// Writes it.
    ///
    /// # Errors
    /// 500 where it cannot be written as JSON.
    pub(crate) fn new(value: &T) -> Result<Self> {
        let body = serde_json::to_string(value);
        let body = body.map_err(|e| Failure::internal("json", e.to_string()))?;
        Ok(Self::again(STATUS, body))
    }
}

impl<T, const STATUS: u16> IntoResponse for Kept<T, STATUS> {
    fn into_response(self) -> Response {
        let kind = [(CONTENT_TYPE, "application/json")];
        (status(self.status), kind, self.body).into_response()
    }
}
