//! `GET /api/v1/documents`: newest first.

use super::read::view;
use crate::answer::Json;
use crate::auth::Session;
use crate::{db, list};
use podpis_kit::extract::Query;
use podpis_kit::store::{documents, packages, templates};
use podpis_kit::{Failure, Result, now};
use podpis_shared::Status;
use podpis_shared::problem::Code;
use podpis_shared::templates::TemplateRef;
use podpis_shared::wire::mis::{self, Package, Page};
use serde::Deserialize;
use std::collections::HashMap;

/// Overdue documents that one listing closes at most; the tick closes the rest.
const EXPIRE_MAX: i64 = 50;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ListQuery {
    /// Only in this state.
    #[cfg_attr(test, schemars(with = "Option<Status>"))]
    status: Option<String>,
    /// Only with the MIS's own id.
    external_id: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<list::schema::After>"))]
    after: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<list::schema::Limit>"))]
    limit: Option<String>,
}

/// Documents of the clinic, by state and by the MIS's own id.
pub(crate) async fn list(
    Session { clinic, db }: Session,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<mis::Document>>> {
    let (limit, after) = (
        list::limit(query.limit.as_deref())?,
        list::after(query.after.as_deref())?,
    );
    let status = query.status.as_deref().map(|text| {
        Status::parse(text)
            .ok_or_else(|| Failure::new(Code::BadRequest, "status is not one of the contract's"))
    });
    let filter = db::Filter {
        status: status.transpose()?,
        external_id: query.external_id,
        before: after.unwrap_or(i64::MAX),
        limit: limit + 1,
    };
    let db = documents::expire(db, None, now(), EXPIRE_MAX).await?;
    let mut found = db::documents(&db, &clinic.id, &filter).await?;
    let more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        found.pop();
    }
    let next = found
        .last()
        .filter(|_| more)
        .map(|document| document.position.to_string());
    let mut signatures = db::signatures_of(&db, &found).await?;
    let (newest, oldest) = (found.first(), found.last());
    let (to, from) = (
        newest.map_or(0, |d| d.position),
        oldest.map_or(1, |d| d.position),
    );
    let made_of = templates::of_positions(&db, &clinic.id, from, to).await?;
    let mut made_of: HashMap<String, TemplateRef> = made_of.into_iter().collect();
    let of_packages = packages::of_positions(&db, &clinic.id, from, to).await?;
    let mut of_packages: HashMap<String, Package> = of_packages.into_iter().collect();
    let items = found
        .into_iter()
        .map(|document| {
            let own = signatures.remove(&document.id).unwrap_or_default();
            let template = made_of.remove(&document.id);
            let package = of_packages.remove(&document.id);
            mis::Document {
                template,
                package,
                ..view(document, own)
            }
        })
        .collect();
    Ok(Json(Page { items, next }))
}
