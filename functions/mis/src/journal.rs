//! The clinic's journal: signed heads, proofs, and the operator's audit (`docs/journal.md`).

use crate::answer::Json;
use crate::auth::{Operator, Session};
use crate::documents::read::own;
use axum::body::Body;
use axum::http::Method;
use podpis_kit::extract::{Path, Query};
use podpis_kit::{Context, Failure, Result, neighbour};
use podpis_shared::problem::Code;
use podpis_shared::wire::journal::{Checkpoint, ConsistencyProof, DocumentProof, JournalAudit};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Between which sizes consistency is to be shown.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Sizes {
    /// Size of the earlier tree.
    #[cfg_attr(test, schemars(with = "u64"))]
    from: Option<String>,
    /// Size of the later tree; the present size if absent.
    #[cfg_attr(test, schemars(with = "Option<u64>"))]
    to: Option<String>,
}

/// `GET /api/v1/journal/checkpoint`: the present head, signed.
pub(crate) async fn checkpoint(session: Session, context: Context) -> Result<Json<Checkpoint>> {
    let path = format!("/journal/{}/checkpoint", session.clinic.id);
    pass_on(&context, Method::GET, &path).await
}

/// `GET /api/v1/documents/{id}/proof`: the document's entries with their proofs.
pub(crate) async fn proof(
    session: Session,
    context: Context,
    Path(id): Path<String>,
) -> Result<Json<DocumentProof>> {
    own(session, &id).await?;
    pass_on(&context, Method::GET, &format!("/documents/{id}/proof")).await
}

/// `GET /api/v1/journal/consistency?from=&to=`: that a later head continues an earlier one; `to` is the present size
/// where it isn't given.
///
/// # Errors
/// `bad_request` for what are no sizes of the journal.
pub(crate) async fn consistency(
    session: Session,
    context: Context,
    Query(sizes): Query<Sizes>,
) -> Result<Json<ConsistencyProof>> {
    let size = |text: &str| {
        text.parse::<u64>()
            .map_err(|_| Failure::new(Code::BadRequest, "from and to are numbers of entries"))
    };
    let from = size(sizes.from.as_deref().unwrap_or_default())?;
    let to = match sizes.to.as_deref().map(size).transpose()? {
        Some(to) => format!("&to={to}"),
        None => String::new(),
    };
    let clinic = session.clinic.id;
    let path = format!("/journal/{clinic}/consistency?from={from}{to}");
    pass_on(&context, Method::GET, &path).await
}

/// `GET /api/v1/operator/journal`: audits every journal anew.
pub(crate) async fn audit(_: Operator, context: Context) -> Result<Json<JournalAudit>> {
    pass_on(&context, Method::POST, "/journal/audit?full=true").await
}

/// The signed head for a clinic's events. `None` where its journal doesn't add up: then nothing is signed, and the
/// events are given without.
pub(crate) async fn note(context: &Context, clinic_id: &str) -> Result<Option<String>> {
    let path = format!("/journal/{clinic_id}/checkpoint");
    match asked::<Checkpoint>(context, Method::GET, &path).await {
        Ok(head) => Ok(Some(head.checkpoint)),
        Err(failure) if failure.code() == Some(Code::JournalBroken) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// What `vault` answers, handed on as what it is.
async fn pass_on<T: DeserializeOwned>(
    context: &Context,
    method: Method,
    path: &str,
) -> Result<Json<T>> {
    asked(context, method, path).await.map(Json)
}

async fn asked<T: DeserializeOwned>(context: &Context, method: Method, path: &str) -> Result<T> {
    let request = neighbour::request(context, "vault", method, path).body(Body::empty());
    let bytes = neighbour::send(request).await?;
    serde_json::from_slice(&bytes).map_err(|e| Failure::internal("neighbour", e.to_string()))
}
