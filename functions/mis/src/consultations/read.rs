//! `GET /api/v1/consultations/{id}`: whether it may begin.

use crate::answer::Json;
use crate::auth::Session;
use podpis_kit::extract::Path;
use podpis_kit::store::consultations::{self, Consultation};
use podpis_kit::store::{Document, documents};
use podpis_kit::{Db, Failure, Result, now};
use podpis_shared::Timestamp;
use podpis_shared::consultation::consent_until;
use podpis_shared::wire::consultation as wire;

/// One booking, as time has left it.
///
/// # Errors
/// 404 for what is not there and for what is another clinic's.
pub(crate) async fn read(
    session: Session,
    Path(id): Path<String>,
) -> Result<Json<wire::Consultation>> {
    let at = now();
    let db = current(session.db, &session.clinic.id, &id, at).await?;
    let (consultation, document) = find(&db, &session.clinic.id, &id).await?;
    Ok(Json(view(consultation, &document, at)))
}

/// Tells what time alone has done to a booking.
///
/// # Errors
/// As [`read`].
pub(crate) async fn current(db: Db, clinic_id: &str, id: &str, at: Timestamp) -> Result<Db> {
    let (consultation, document) = find(&db, clinic_id, id).await?;
    let db = consultations::miss(db, Some(&consultation.id), at, 1).await?;
    if !document.status.is_open() || document.is_open(at) {
        return Ok(db);
    }
    Ok(documents::expire(db, Some(&document.id), at, 1).await?)
}

/// A clinic's booking with its consent, as they are stored.
///
/// # Errors
/// As [`read`].
pub(crate) async fn find(db: &Db, clinic_id: &str, id: &str) -> Result<(Consultation, Document)> {
    let consultation = consultations::find(db, clinic_id, id).await?;
    let consultation = consultation.ok_or_else(Failure::not_found)?;
    let document = documents::find(db, &consultation.document_id).await?;
    let document = document
        .ok_or_else(|| Failure::internal("consultations", format!("{id} has no document")))?;
    Ok((consultation, document))
}

/// A booking as its clinic sees it.
pub(crate) fn view(
    consultation: Consultation,
    consent: &Document,
    at: Timestamp,
) -> wire::Consultation {
    let status = consultation.facts(consent).status(at);
    let text = if consultation.template.is_some() {
        "default"
    } else {
        "file"
    };
    wire::Consultation {
        id: consultation.id,
        external_id: consultation.external_id,
        status,
        may_begin: status.may_begin(),
        reason: status.reason(),
        starts_at: consultation.starts_at,
        consent_until: consent_until(consultation.starts_at),
        doctor: consultation.doctor,
        consent: text.into(),
        template: consultation.template,
        document_id: consultation.document_id,
        created_at: consultation.created_at,
        opened_at: consent.opened_at,
        consented_at: consultation.consented_at,
        cancelled_at: consultation.cancelled_at,
    }
}
