//! `GET /api/v1/acts`: who did what for the clinic, out of its journal.

use crate::answer::Json;
use crate::auth::Session;
use crate::{db, list};
use podpis_kit::extract::Query;
use podpis_kit::{Failure, Result};
use podpis_shared::Timestamp;
use podpis_shared::problem::Code;
use podpis_shared::wire::mis::Page;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest name of an actor, in bytes.
const BY_MAX: usize = 100;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ActsQuery {
    /// Only of this one, as it stands in `by`.
    #[cfg_attr(test, schemars(length(min = 1, max = BY_MAX)))]
    by: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<list::schema::After>"))]
    after: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<list::schema::Limit>"))]
    limit: Option<String>,
}

/// An entry of the journal that names who acted.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Act {
    /// Number in the clinic's journal.
    pub(crate) seq: i64,
    /// Id of the entry.
    pub(crate) id: String,
    /// What was done: a type of the journal (docs/journal.md).
    pub(crate) r#type: String,
    /// `staff:stf_…`, `key:key_…` or `operator`.
    pub(crate) by: String,
    /// The document, where it is about one.
    pub(crate) document_id: Option<String>,
    /// When.
    pub(crate) at: Timestamp,
    /// Facts of this type; ids, no names.
    #[cfg_attr(test, schemars(extend("type" = "object")))]
    pub(crate) data: Value,
}

/// Newest first. What nobody of the clinic's did (a patient's signature, a deadline) is not among them.
///
/// # Errors
/// `bad_request`.
pub(crate) async fn list(
    Session { clinic, db }: Session,
    Query(query): Query<ActsQuery>,
) -> Result<Json<Page<Act>>> {
    let (limit, before) = (
        list::limit(query.limit.as_deref())?,
        list::after(query.after.as_deref())?,
    );
    let by = query.by.as_deref();
    if by.is_some_and(|by| by.is_empty() || by.len() > BY_MAX) {
        let detail = format!("by is 1 to {BY_MAX} bytes");
        return Err(Failure::new(Code::BadRequest, detail));
    }
    let before = before.unwrap_or(i64::MAX);
    let mut items = db::acts(&db, &clinic.id, by, before, limit + 1).await?;
    let more = items.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        items.pop();
    }
    let next = items.last().filter(|_| more).map(|act| act.seq.to_string());
    Ok(Json(Page { items, next }))
}
