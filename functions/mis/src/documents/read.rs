//! `GET /api/v1/documents/{id}`.

use crate::answer::Json;
use crate::auth::{Clinic, Session};
use crate::db;
use podpis_kit::extract::Path;
use podpis_kit::store::{Document, documents, kept_signatures, packages, templates};
use podpis_kit::{Actor, Db, Failure, Result, now};
use podpis_shared::Sensitive;
use podpis_shared::wire::mis::{self, Whose};

/// One document.
pub(crate) async fn read(session: Session, Path(id): Path<String>) -> Result<Json<mis::Document>> {
    let (clinic, db, document) = owned(session, &id).await?;
    let signatures = match document.signed_at {
        Some(_) => documents::signatures(&db, &id).await?,
        None => Vec::new(),
    };
    let patient = whose(&clinic.by, &document);
    Ok(Json(mis::Document {
        patient,
        ..answer(&db, document, signatures).await?
    }))
}

/// Whose a document is, where somebody of the staff asks. In no answer that is kept for an idempotency key.
pub(crate) fn whose(by: &Actor, document: &Document) -> Option<Whose> {
    let representative = document.representative.as_ref();
    matches!(by, Actor::Staff(_)).then(|| Whose {
        name: Sensitive::new(document.patient.full_name()),
        birth_date: document.patient.birth_date,
        representative: representative.map(|r| Sensitive::new(r.person.full_name())),
    })
}

/// A document as its clinic sees it, with the template that it was made of and its package.
///
/// # Errors
/// As the database says.
pub(crate) async fn answer(
    db: &Db,
    document: Document,
    signatures: Vec<mis::Signature>,
) -> Result<mis::Document> {
    let template = templates::of_document(db, &document.id).await?;
    let package = packages::of_document(db, &document.id).await?;
    let kept_signatures = match document.is_kept() {
        true => kept_signatures::of_document(db, &document.id).await?,
        false => Vec::new(),
    };
    Ok(mis::Document {
        template,
        package,
        kept_signatures,
        ..view(document, signatures)
    })
}

/// The clinic's own document, as time has left it.
///
/// # Errors
/// 404 for what is not there and for what is another clinic's: nobody can tell which.
pub(crate) async fn own(session: Session, id: &str) -> Result<(Db, Document)> {
    let (_, db, document) = owned(session, id).await?;
    Ok((db, document))
}

/// Likewise, with its clinic and who acts for it.
///
/// # Errors
/// As [`own`].
pub(crate) async fn owned(session: Session, id: &str) -> Result<(Clinic, Db, Document)> {
    let Session { clinic, db } = session;
    let (db, document) = current(db, &clinic.id, id).await?;
    Ok((clinic, db, document))
}

/// Likewise, of the clinic with this id.
///
/// # Errors
/// As [`own`].
pub(crate) async fn current(db: Db, clinic_id: &str, id: &str) -> Result<(Db, Document)> {
    let found = db::document(&db, clinic_id, id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let now = now();
    if !found.status.is_open() || found.is_open(now) {
        return Ok((db, found));
    }
    let db = documents::expire(db, Some(id), now, 1).await?;
    let document = documents::find(&db, id)
        .await?
        .ok_or_else(Failure::not_found)?;
    Ok((db, document))
}

/// Likewise, without its template, package and the signatures that came with it.
pub(crate) fn view(document: Document, signatures: Vec<mis::Signature>) -> mis::Document {
    let kept = document.is_kept();
    mis::Document {
        id: document.id,
        kind: document.kind,
        title: document.title,
        external_id: document.external_id,
        purpose: document.purpose,
        delivery: document.delivery,
        method: (!kept).then_some(document.method),
        parties: (!kept).then_some(document.parties),
        status: document.status,
        hashes: document.hashes,
        size: document.size,
        pages: document.pages,
        created_at: document.created_at,
        expires_at: (!kept).then_some(document.expires_at),
        opened_at: document.opened_at,
        signed_at: document.signed_at,
        completed_at: document.completed_at,
        signatures,
        metadata: serde_json::from_str(&document.metadata).unwrap_or_default(),
        template: None,
        patient: None,
        package: None,
        kept_signatures: Vec::new(),
    }
}
