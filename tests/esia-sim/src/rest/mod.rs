//! `/rs/prns/{oid}` and its collections: what the access token's scopes let be seen.

mod collections;
mod person;

use crate::faults::{PrnsAnswer, PrnsFault};
use crate::state::{Access, Esia};
use axum::extract::{Path, Query, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ETAG, HOST, LINK};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use collections::Collection;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Below `/rs`. A slash at the end does no harm.
pub(crate) fn routes() -> Router<Arc<Esia>> {
    Router::new()
        .route("/prns/{oid}", get(person))
        .route("/prns/{oid}/", get(person))
        .route("/prns/{oid}/{collection}", get(collection))
        .route("/prns/{oid}/{collection}/", get(collection))
        .route("/prns/{oid}/{collection}/{id}", get(element))
        .route("/prns/{oid}/{collection}/{id}/", get(element))
        .fallback(async || StatusCode::NOT_FOUND)
}

/// `?embed=(elements)`, or on the person `?embed=(contacts.elements,documents.elements-1)`.
#[derive(Deserialize)]
struct Embed {
    #[serde(default)]
    embed: String,
}

impl Embed {
    /// The names in the brackets, without the version that may follow each.
    fn names(&self) -> impl Iterator<Item = &str> {
        let inside = self
            .embed
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'));
        inside
            .unwrap_or_default()
            .split(',')
            .map(|name| name.split_once('-').map_or(name, |(name, _)| name))
    }
}

/// Where the addresses in an answer begin: `http://localhost:3001/rs/prns/1000299353`.
struct Base(String);

async fn person(
    State(esia): State<Arc<Esia>>,
    Path(oid): Path<String>,
    Query(embed): Query<Embed>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let fault = match esia.memory().faults.prns.take() {
        Some(PrnsFault::Answer(fault)) => Some(fault),
        _ => None,
    };
    let access = access(&esia, &headers, &oid, fault)?;
    if !person::SCOPES
        .iter()
        .any(|scope| access.scopes.cover(scope))
    {
        return Err(Refusal::SCOPE);
    }
    let base = Base::of(&headers, &oid);
    let mut person = person::data(&access, fault);
    let mut links = HeaderMap::new();
    for collection in Collection::ALL {
        let Ok(all) = collection.of(&access) else {
            continue;
        };
        let wanted = format!("{}.elements", collection.member());
        if embed.names().any(|name| name == wanted) {
            person[collection.member()] = collections::embedded(&all);
        }
        if let Ok(link) = base.link(*collection).parse::<HeaderValue>() {
            links.append(LINK, link);
        }
    }
    Ok((links, base.answer("prn/Person-3", person)).into_response())
}

async fn collection(
    State(esia): State<Arc<Esia>>,
    Path((oid, name)): Path<(String, String)>,
    Query(embed): Query<Embed>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let access = access(&esia, &headers, &oid, None)?;
    let collection = Collection::named(&name).ok_or(Refusal::NOTHING)?;
    let all = collection.of(&access)?;
    let base = Base::of(&headers, &oid);
    let body = if embed.names().any(|name| name == "elements") {
        collections::embedded(&all)
    } else {
        collections::addresses(&all, &format!("{}/{name}", base.0))
    };
    Ok(base.answer(collection.schema(), body))
}

async fn element(
    State(esia): State<Arc<Esia>>,
    Path((oid, name, id)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let access = access(&esia, &headers, &oid, None)?;
    let collection = Collection::named(&name).ok_or(Refusal::NOTHING)?;
    let found = collection
        .of(&access)?
        .into_iter()
        .find(|element| collections::id(element).to_string() == id);
    let base = Base::of(&headers, &oid);
    Ok(base.answer(collection.schema(), found.ok_or(Refusal::NOTHING)?))
}

/// The access token of the request, valid and of this person.
fn access(
    esia: &Esia,
    headers: &HeaderMap,
    oid: &str,
    fault: Option<PrnsAnswer>,
) -> Result<Access, Refusal> {
    match fault {
        Some(PrnsAnswer::InvalidToken) => return Err(Refusal::INVALID),
        Some(PrnsAnswer::Expired) => return Err(Refusal::EXPIRED),
        Some(PrnsAnswer::ExpiredArray) => {
            return Err(Refusal {
                array: true,
                ..Refusal::EXPIRED
            });
        }
        Some(PrnsAnswer::ScopeNotAllowed) => return Err(Refusal::SCOPE),
        _ => {}
    }
    let token = headers
        .get(AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "))
        .ok_or(Refusal::INVALID)?;
    let access = esia.memory().accesses.get(token).cloned();
    let access = access.ok_or(Refusal::INVALID)?;
    if esia.now() >= access.expires {
        return Err(Refusal::EXPIRED);
    }
    if oid != access.account.oid.to_string() {
        return Err(Refusal::SCOPE);
    }
    Ok(access)
}

impl Base {
    fn of(headers: &HeaderMap, oid: &str) -> Self {
        let host = headers.get(HOST).and_then(|v| v.to_str().ok());
        Self(format!("http://{}/rs/prns/{oid}", host.unwrap_or_default()))
    }

    fn schema(&self, name: &str) -> String {
        let host = self.0.split("/rs/").next().unwrap_or_default();
        format!("{host}/rs/model/{name}")
    }

    fn link(&self, collection: Collection) -> String {
        format!(
            "<{}/{}>;rel={};schema=\"{}\"",
            self.0,
            collection.path(),
            collection.member(),
            self.schema(collection.schema())
        )
    }

    fn answer(&self, schema: &str, body: Value) -> Response {
        let media = format!("application/json; schema=\"{}\"", self.schema(schema));
        let etag = body["eTag"].as_str().unwrap_or_default().to_owned();
        (
            [
                (CONTENT_TYPE, media),
                (ETAG, etag),
                (CACHE_CONTROL, "no-store".into()),
            ],
            body.to_string(),
        )
            .into_response()
    }
}

/// An error of the data's side: `{"code", "message"}`.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
    /// Whether the object stands in an array, as it does at times.
    array: bool,
}

impl Refusal {
    const INVALID: Self = Self {
        status: StatusCode::UNAUTHORIZED,
        code: "ESIA-005011",
        message: "SecurityErrorEnum.invalidToken",
        array: false,
    };
    const EXPIRED: Self = Self {
        status: StatusCode::UNAUTHORIZED,
        code: "ESIA-005013",
        message: "SecurityErrorEnum.expiredToken",
        array: false,
    };
    const SCOPE: Self = Self {
        status: StatusCode::FORBIDDEN,
        code: "ESIA-005029",
        message: "SecurityErrorEnum.scopeNotAllowed",
        array: false,
    };
    /// The code is a guess: none was seen.
    const NOTHING: Self = Self {
        status: StatusCode::NOT_FOUND,
        code: "ESIA-005008",
        message: "CommonErrorEnum.notFound",
        array: false,
    };
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({"code": self.code, "message": self.message});
        let body = if self.array { json!([body]) } else { body };
        (self.status, Json(body)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embed_has_two_forms() {
        let names = |text: &str| {
            let embed = Embed {
                embed: text.to_owned(),
            };
            embed.names().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(names("(elements)"), ["elements"]);
        assert_eq!(
            names("(contacts.elements-1,documents.elements)"),
            ["contacts.elements", "documents.elements"]
        );
        assert_eq!(names("elements"), [""]);
    }
}
