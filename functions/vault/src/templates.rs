//! Documents made of templates: filled, set in type, inspected and stored like any file.

use crate::blobs;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use podpis_kit::{Failure, Result, http};
use podpis_shared::problem::Code;
use podpis_shared::templates;
use podpis_shared::wire::templates::Typeset;

/// `POST /templates`: makes the document's file and stages it.
///
/// # Errors
/// `template_fields`, and what the intake of any file says.
pub(crate) async fn create(headers: HeaderMap, body: Body) -> Result<Response> {
    let _place = blobs::Place::take()?;
    blobs::check_keys().await?;
    let pdf = pdf(&headers, body).await?;
    http::json(StatusCode::CREATED, &blobs::stage(pdf).await?)
}

/// `POST /templates/preview`: the file, which is not kept.
///
/// # Errors
/// `template_fields`.
pub(crate) async fn preview(headers: HeaderMap, body: Body) -> Result<Response> {
    let _place = blobs::Place::take()?;
    let pdf = pdf(&headers, body).await?;
    Ok(([(CONTENT_TYPE, "application/pdf")], pdf).into_response())
}

async fn pdf(headers: &HeaderMap, body: Body) -> Result<Vec<u8>> {
    let request: Typeset = http::read_json(headers, body).await?;
    let template =
        templates::version(&request.id, &request.version).ok_or_else(Failure::not_found)?;
    let wrong = |detail: String| Failure::new(Code::TemplateFields, detail);
    let filled = template
        .fill(&request.values)
        .map_err(|e| wrong(e.to_string()))?;
    podpis_pdf::template::typeset(&filled).map_err(|e| wrong(e.to_string()))
}
