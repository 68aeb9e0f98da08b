//! Templates of documents: `/api/v1/templates` (docs/templates.md).

use crate::answer::{FromJson, Json, Sent, form};
use crate::auth::Session;
use axum::body::Body;
use axum::http::Method;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use podpis_kit::extract::{Path, Query};
use podpis_kit::store::templates as stored;
use podpis_kit::{Context, Db, Failure, Result, neighbour, now};
use podpis_shared::policy::Day;
use podpis_shared::problem::Code;
use podpis_shared::templates::{self, FillError, Source, Template, Values};
use podpis_shared::wire::mis::{NewDocument, Page};
use podpis_shared::wire::templates::{Preview, TemplateView, Typeset, UseTemplate};
use podpis_shared::wire::vault::Stored;
use podpis_shared::{Sensitive, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct VersionQuery {
    /// A version, in force or not.
    version: Option<String>,
}

/// `GET /api/v1/templates`: those in force today.
pub(crate) async fn list(_: Session) -> Result<Json<Page<TemplateView>>> {
    let items = templates::in_force(today(now())?)
        .map(TemplateView::of)
        .collect();
    Ok(Json(Page { items, next: None }))
}

/// `GET /api/v1/templates/{id}`: the version in force today, or the one that `?version=` names.
///
/// # Errors
/// `not_found`.
pub(crate) async fn read(
    _: Session,
    Path(id): Path<String>,
    Query(query): Query<VersionQuery>,
) -> Result<Json<TemplateView>> {
    let found = match query.version {
        Some(version) => templates::version(&id, &version),
        None => templates::find(&id, today(now())?),
    };
    let template = found.ok_or_else(Failure::not_found)?;
    Ok(Json(TemplateView::of(template)))
}

/// `POST /api/v1/templates/{id}/preview`: the PDF that the fields would make. Nothing is kept.
///
/// # Errors
/// `not_found`, `template_fields`.
pub(crate) async fn preview(
    Session { clinic, db }: Session,
    context: Context,
    Path(id): Path<String>,
    FromJson(request): FromJson<Preview>,
) -> Result<Sent<form::Pdf>> {
    let at = now();
    let template = match request.version {
        Some(version) => templates::version(&id, &version),
        None => templates::find(&id, today(at)?),
    };
    let template = template.ok_or_else(Failure::not_found)?;
    let given = |source| source != Source::Clinic;
    let mut values = given_values(template, &request.fields, given)?;
    if values.get("document.date").is_none() {
        values.date(today(at)?);
    }
    values.clinic(&stored::clinic(&db, &clinic.id).await?);
    drop(db);
    let typeset = checked(template, values)?;
    let body =
        serde_json::to_vec(&typeset).map_err(|e| Failure::internal("json", e.to_string()))?;
    let request = neighbour::request(&context, "vault", Method::POST, "/templates/preview")
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(body));
    let pdf = neighbour::send(request).await?;
    let headers = [
        (CONTENT_TYPE, "application/pdf"),
        (CONTENT_DISPOSITION, "inline; filename=\"preview.pdf\""),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, pdf).into_response().into())
}

/// The template that a new document names, where it may be made of it.
///
/// # Errors
/// `invalid`.
pub(crate) fn of_document(
    new: &NewDocument,
    chosen: &UseTemplate,
    at: Timestamp,
) -> Result<&'static Template> {
    let invalid = |detail: String| Failure::new(Code::Invalid, detail);
    let today = today(at)?;
    let found = match &chosen.version {
        Some(version) => templates::version(&chosen.id, version),
        None => templates::find(&chosen.id, today),
    };
    let template = found
        .filter(|template| template.holds_on(today))
        .ok_or_else(|| invalid("template names none that is in force today".into()))?;
    if template.kind() != new.kind {
        let kind = template.kind().as_str();
        return Err(invalid(format!(
            "the template makes documents of kind `{kind}`"
        )));
    }
    Ok(template)
}

/// Has `vault` make the file of a new document.
///
/// # Errors
/// `template_fields`.
pub(crate) async fn make(
    context: &Context,
    clinic_id: &str,
    new: &NewDocument,
    chosen: &UseTemplate,
    at: Timestamp,
) -> Result<Stored> {
    let template = of_document(new, chosen, at)?;
    let mut values = given_values(template, &chosen.fields, |source| source == Source::Caller)?;
    values.patient(&new.patient).date(today(at)?);
    values.set(
        "document.number",
        new.external_id.as_deref().unwrap_or_default(),
    );
    if let Some(representative) = &new.representative {
        values.representative(representative);
    }
    values.clinic(&stored::clinic(&Db::open().await?, clinic_id).await?);
    let typeset = checked(template, values)?;
    neighbour::post_json(context, "vault", "/templates", &typeset).await
}

/// What the caller gave; what is not the caller's to give is unknown.
fn given_values(
    template: &Template,
    fields: &BTreeMap<String, Sensitive<String>>,
    may_give: impl Fn(Source) -> bool,
) -> Result<Values> {
    let mut values = Values::default();
    let mut error = FillError::default();
    for (name, value) in fields {
        match template.field(name).filter(|field| may_give(field.source)) {
            Some(_) => {
                values.set(name, value.expose());
            }
            None => error.unknown.push(name.clone()),
        }
    }
    if error.is_empty() {
        Ok(values)
    } else {
        Err(refused(&error))
    }
}

/// Filled here already, so that a refusal costs no neighbour.
fn checked(template: &Template, values: Values) -> Result<Typeset> {
    template.fill(&values).map_err(|error| refused(&error))?;
    Ok(Typeset {
        id: template.id().into(),
        version: template.version().into(),
        values,
    })
}

fn refused(error: &FillError) -> Failure {
    Failure::new(Code::TemplateFields, error.to_string())
}

/// The day in Moscow.
fn today(at: Timestamp) -> Result<Day> {
    let (year, month, day) = at.moscow_date();
    Day::parse(&format!("{year:04}-{month:02}-{day:02}"))
        .ok_or_else(|| Failure::internal("clock", "no day"))
}
