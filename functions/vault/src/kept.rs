//! Signatures that a document for keeping brought along: inside its PDF (PAdES) and beside it (detached CMS). Checked once, when it
//! comes, against what the operator believes then (`docs/clinic-signature.md`).
//!
//! Unlike under a document that is signed here, the owner may be anybody: whose signatures there are is what is shown.

mod look;

use crate::clinic::trust;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use look::{Look, brought};
use podpis_kit::extract::Path;
use podpis_kit::store::blobs;
use podpis_kit::{Db, Failure, Result, http, now};
use podpis_shared::problem::Code;
use podpis_shared::wire::kept::{CheckKept, DETACHED_ALL_MAX, DETACHED_MAX};

/// Largest request: every detached signature in base64.
const BODY_MAX: usize = DETACHED_ALL_MAX / 3 * 4 + DETACHED_MAX * 8 + 1024;

/// `POST /blobs/{id}/signatures`.
///
/// # Errors
/// Of a detached one that can't be read or is over other bytes, the codes of a clinic's signature. What is wrong with those inside
/// the PDF, or with a certificate, refuses nothing: it is told.
pub(crate) async fn check(
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let asked: CheckKept = http::read_json_up_to(&headers, body, BODY_MAX).await?;
    let mut detached = Vec::new();
    for text in &asked.detached {
        let bytes = STANDARD.decode(text);
        detached.push(bytes.map_err(|_| Failure::new(Code::BadRequest, "no base64"))?);
    }
    let db = Db::open().await?;
    let pdf = blobs::find(&db, &id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let brought = brought(&pdf, &detached)?;
    let certificates = brought.iter().flat_map(look::Brought::certificates);
    let believed = trust::load(&db, certificates.collect()).await?;
    let at = now();
    let look = Look {
        pdf: &pdf,
        against: believed.against(at),
    };
    http::json(StatusCode::OK, &look.at(&brought)?)
}
