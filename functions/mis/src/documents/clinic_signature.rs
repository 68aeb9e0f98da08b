//! `POST /api/v1/documents/{id}/clinic-signature`: the clinic's own signature (УКЭП) comes back (`docs/clinic-signature.md`).

use super::multipart::{drain, open, unreadable};
use super::read::{answer, owned};
use crate::auth::Session;
use crate::idempotency::{self, Kept};
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use multer::Field;
use podpis_kit::extract::Path;
use podpis_kit::store::documents;
use podpis_kit::{Context, Db, Failure, Result, neighbour};
use podpis_shared::DOCUMENT_MAX;
use podpis_shared::clinic_signature::Over;
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use podpis_shared::wire::mis;
use podpis_shared::wire::vault::ClinicSign;
use std::convert::Infallible;

/// Largest detached signature, in bytes.
const SIGNATURE_MAX: usize = 2 << 20;

/// Largest final PDF, in bytes: a signed one, and what the clinic adds.
const FINAL_MAX: usize = DOCUMENT_MAX + (8 << 20);

/// Longest field beside the file, in bytes.
const FIELD_MAX: usize = 64;

/// The body, not read yet.
pub(crate) struct Parts(Body);

impl<S: Sync> FromRequest<S> for Parts {
    type Rejection = Infallible;
    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        Ok(Self(request.into_body()))
    }
}

/// What came in.
#[derive(Default)]
struct Received {
    asked: ClinicSign,
    over: Option<Over>,
    file: Option<(bool, Vec<u8>)>,
}

/// Hands the signature to `vault`, which checks it and moves the document. The same signature twice gives the same answer.
///
/// # Errors
/// Those of the signature and of its signer, `signer_role`, `not_signed`, `invalid_state`: nothing changes then.
pub(crate) async fn sign(
    session: Session,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    key: idempotency::Key,
    Parts(body): Parts,
) -> Result<Kept<mis::Document>> {
    let (clinic, db, _) = owned(session, &id).await?;
    // An upload may take a while: others use the handle meanwhile.
    drop(db);
    let received = receive(&headers, body).await?;
    let asked = received.asked()?;
    let (_, file) = received.file.ok_or_else(|| missing("signature"))?;
    let query = query(&asked);
    let path = format!("/documents/{id}/clinic-signature");
    let content = format!("{query}:{}", sha256_hex(&file));
    let once = idempotency::of(&key, &clinic, &path, content.as_bytes())?;
    if let Some(once) = &once
        && let Some(first) = once.replay(&Db::open().await?).await?
    {
        return Ok(first);
    }
    // Not in the fingerprint: a repeat may come with another key.
    let query = format!("{query}&by={}", clinic.by);
    let request = neighbour::request(&context, "vault", Method::POST, &format!("{path}?{query}"))
        .header(CONTENT_TYPE, "application/octet-stream")
        .body(Body::from(Bytes::from(file)));
    neighbour::send(request).await?;
    let tx = Db::open().await?.begin().await?;
    let document = documents::find(&tx, &id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let signatures = documents::signatures(&tx, &id).await?;
    let answer = Kept::new(&answer(&tx, document, signatures).await?)?;
    if let Some(once) = &once {
        // Another request with the same key may have kept its answer meanwhile.
        if let Some(first) = once.replay(&tx).await? {
            return Ok(first);
        }
        once.keep(&tx, &answer).await?;
    }
    tx.commit().await?;
    neighbour::nudge_delivery(&context);
    Ok(answer)
}

impl Received {
    /// What the parts say together.
    fn asked(&self) -> Result<ClinicSign> {
        let is_final = self.file.as_ref().is_some_and(|(is_final, _)| *is_final);
        let over = match (is_final, self.over) {
            (true, None | Some(Over::Final)) => Over::Final,
            (false, None) => Over::Signed,
            (false, Some(over @ (Over::Signed | Over::Original))) => over,
            _ => {
                let detail =
                    "over is `signed` or `original` beside `signature`, and `final` beside `final`";
                return Err(Failure::new(Code::Invalid, detail));
            }
        };
        Ok(ClinicSign {
            over,
            role: self.asked.role.clone(),
            by: None,
        })
    }

    async fn take(&mut self, field: Field<'_>) -> Result<()> {
        match field.name() {
            Some("signature") if self.file.is_none() => {
                self.file = Some((false, drain(field, SIGNATURE_MAX).await?));
            }
            Some("final") if self.file.is_none() => {
                self.file = Some((true, drain(field, FINAL_MAX).await?));
            }
            Some("over") if self.over.is_none() => {
                let text = text(field).await?;
                let over = Over::parse(&text).ok_or_else(|| {
                    Failure::new(Code::Invalid, "over is `signed`, `original` or `final`")
                })?;
                self.over = Some(over);
            }
            Some("role") if self.asked.role.is_none() => {
                let role = text(field).await?;
                if role.is_empty() || !role.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
                {
                    return Err(Failure::new(
                        Code::Invalid,
                        "role is a name of a-z, 0-9 and _",
                    ));
                }
                self.asked.role = Some(role);
            }
            _ => {
                drain(field, 0).await?;
                let detail = "the parts are one `signature` or `final`, and `over`, `role`";
                return Err(Failure::new(Code::BadRequest, detail));
            }
        }
        Ok(())
    }
}

async fn receive(headers: &HeaderMap, body: Body) -> Result<Received> {
    let mut parts = open(headers, body)?;
    let (mut received, mut refusal) = (Received::default(), None);
    while let Some(field) = parts.next_field().await.map_err(unreadable)? {
        // The first refusal is the answer; the rest is read, so that the caller sees it.
        match &refusal {
            None => refusal = received.take(field).await.err(),
            Some(_) => drain(field, 0).await.map(drop)?,
        }
    }
    match refusal {
        Some(refusal) => Err(refusal),
        None => Ok(received),
    }
}

async fn text(field: Field<'_>) -> Result<String> {
    let bytes = drain(field, FIELD_MAX).await?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::new(Code::BadRequest, "a field is not UTF-8"))?;
    Ok(text.trim().to_owned())
}

fn missing(part: &str) -> Failure {
    Failure::new(Code::BadRequest, format!("the part `{part}` is missing"))
}

/// Both values are names without a character that would have to be escaped.
fn query(asked: &ClinicSign) -> String {
    let over = asked.over.as_str();
    match &asked.role {
        Some(role) => format!("over={over}&role={role}"),
        None => format!("over={over}"),
    }
}
