//! `GET /patient/document`: everything that the page shows around the PDF.

use crate::db;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::store::{Document, links};
use podpis_kit::{Db, Result, http, now};
use podpis_shared::wire::patient::{ClinicView, Consent, DocumentView};

/// The document that the link opens.
///
/// # Errors
/// `link_unknown`, `link_expired`.
pub(crate) async fn read(headers: HeaderMap) -> Result<Response> {
    let (db, document) = links::open(&headers, now()).await?;
    http::json(StatusCode::OK, &view(&db, document).await?)
}

/// A document as the person sees it. Of a withdrawn one nothing is told but that it is withdrawn.
pub(crate) async fn view(db: &Db, mut document: Document) -> Result<DocumentView> {
    let withdrawn = document.status.is_withdrawn();
    if withdrawn {
        document.title = "Документ отозван".into();
        document.representative = None;
    }
    let signer = if withdrawn {
        "скрыто".into()
    } else {
        document.signer().greeting()
    };
    let clinic = ClinicView {
        name: db::clinic_name(db, &document.clinic_id).await?,
        support_phone: None,
        support_email: None,
    };
    Ok(DocumentView {
        clinic,
        signer,
        on_behalf_of: document
            .representative
            .as_ref()
            .map(|_| document.patient.greeting()),
        title: document.title,
        kind: document.kind,
        status: document.status,
        method: document.method,
        size: document.size,
        pages: document.pages,
        sha256: document.hashes.sha256,
        streebog256: document.hashes.streebog256,
        created_at: document.created_at,
        expires_at: document.expires_at,
        signed_at: document.signed_at,
        consent: Consent::for_kind(document.kind),
    })
}
