//! Path and query of a request; what is wrong with them is a problem (RFC 9457) like everything else.

use crate::http::{Failure, Result};
use axum::extract::{FromRequestParts, Path as AxumPath, Query as AxumQuery};
use axum::http::request::Parts;
use podpis_shared::problem::Code;
use serde::de::DeserializeOwned;

/// Parameters of the path.
pub struct Path<T>(pub T);

/// Parameters of the query.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        // Bytes that are no text name nothing.
        let path = AxumPath::from_request_parts(parts, state).await;
        path.map(|AxumPath(path)| Self(path))
            .map_err(|_| Failure::not_found())
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let query = AxumQuery::from_request_parts(parts, state).await;
        query
            .map(|AxumQuery(query)| Self(query))
            .map_err(|e| Failure::new(Code::BadRequest, e.body_text()))
    }
}
