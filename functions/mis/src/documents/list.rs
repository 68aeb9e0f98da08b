//! `GET /api/v1/documents`: newest first.

use super::read::{view, whose};
use crate::answer::Json;
use crate::auth::Session;
use crate::{db, list};
use podpis_kit::extract::Query;
use podpis_kit::store::{documents, kept_signatures, packages, templates};
use podpis_kit::{Failure, Result, now};
use podpis_shared::Status;
use podpis_shared::problem::Code;
use podpis_shared::templates::TemplateRef;
use podpis_shared::wire::kept::KeptSignature;
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
    /// Only those with this in the title, at the beginning of the patient's last name or of the MIS's own id.
    #[cfg_attr(test, schemars(length(min = 1, max = SEARCH_MAX)))]
    q: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<list::schema::After>"))]
    after: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<list::schema::Limit>"))]
    limit: Option<String>,
}

/// Longest text to search for, in characters.
const SEARCH_MAX: usize = 100;

/// Documents of the clinic, by state, by the MIS's own id, by a text.
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
        search: query.q.as_deref().map(search).transpose()?,
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
    let mut kept: HashMap<String, Vec<KeptSignature>> = HashMap::new();
    for (id, one) in kept_signatures::of_positions(&db, &clinic.id, from, to).await? {
        kept.entry(id).or_default().push(one);
    }
    let items = found
        .into_iter()
        .map(|document| {
            let own = signatures.remove(&document.id).unwrap_or_default();
            let template = made_of.remove(&document.id);
            let patient = whose(&clinic.by, &document);
            let kept_signatures = kept.remove(&document.id).unwrap_or_default();
            let package = of_packages.remove(&document.id);
            mis::Document {
                template,
                patient,
                package,
                kept_signatures,
                ..view(document, own)
            }
        })
        .collect();
    Ok(Json(Page { items, next }))
}

/// A text to search for as it may stand there: the database knows upper and lower case of Latin letters alone.
fn search(text: &str) -> Result<db::Search> {
    let text = text.trim();
    if !(1..=SEARCH_MAX).contains(&text.chars().count()) {
        let detail = format!("q is 1 to {SEARCH_MAX} characters");
        return Err(Failure::new(Code::BadRequest, detail));
    }
    let lower = text.to_lowercase();
    let mut rest = lower.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    let capital = first.chain(rest).collect();
    Ok(db::Search([text.to_owned(), lower, capital]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_searched_for_in_every_case() {
        let db::Search(spellings) = search(" иВАНОВА ").unwrap();
        assert_eq!(spellings, ["иВАНОВА", "иванова", "Иванова"]);
        for wrong in ["", "  ", &"я".repeat(SEARCH_MAX + 1)] {
            assert!(search(wrong).is_err(), "{wrong:?}");
        }
    }
}
