//! `GET /api/v1/agreements/acceptances`: who accepted which version, oldest first.

use crate::answer::Json;
use crate::auth::Session;
use crate::list;
use podpis_kit::Result;
use podpis_kit::extract::Query;
use podpis_kit::store::agreements::{self, Acceptance};
use podpis_shared::wire::mis::{self, Page};
use serde::Deserialize;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AcceptancesQuery {
    #[cfg_attr(test, schemars(with = "Option<list::schema::After>"))]
    after: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<list::schema::Limit>"))]
    limit: Option<String>,
}

/// Acceptances at the clinic. Each is a document, so the sealed PDF and the evidence are had as of any other.
///
/// # Errors
/// `bad_request` for a wrong cursor or limit.
pub(crate) async fn list(
    Session { clinic, db }: Session,
    Query(query): Query<AcceptancesQuery>,
) -> Result<Json<Page<mis::Acceptance>>> {
    let (limit, after) = (
        list::limit(query.limit.as_deref())?,
        list::after(query.after.as_deref())?,
    );
    let mut found = agreements::acceptances(&db, &clinic.id, after.unwrap_or(0), limit + 1).await?;
    let more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        found.pop();
    }
    let last = found.last().filter(|_| more);
    let next = last.map(|acceptance| acceptance.position.to_string());
    let items = found.into_iter().map(view).collect();
    Ok(Json(Page { items, next }))
}

fn view(acceptance: Acceptance) -> mis::Acceptance {
    let person = Some(&acceptance.person).filter(|person| person.is_named());
    mis::Acceptance {
        name: person.map(podpis_shared::Person::full_name),
        method: acceptance.method,
        document_id: acceptance.document_id,
        agreement_id: acceptance.agreement_id,
        agreement_version: acceptance.version,
        agreement_sha256: acceptance.sha256,
        phone: acceptance.phone,
        email: acceptance.email,
        accepted_at: acceptance.accepted_at,
    }
}
