//! `POST /receipts/{gateway}/{token}`: what a gateway posts, passed on by `receipts` as it came.
//!
//! Two things must be right: the token in the address, which only the gateway's settings know, and the gateway's own
//! signature. An unknown message is no mistake: it may be that of another system with the same account.

use crate::db::sends;
use crate::gateways;
use crate::settle;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use podpis_kit::{Db, Failure, Result, http, now, vars};
use podpis_shared::problem::Code;
use subtle::ConstantTimeEq as _;

/// Fewest characters of a token that is taken for one.
const TOKEN_MIN: usize = 20;

/// Stores receipts; repeating them changes nothing.
///
/// # Errors
/// `not_found` for another token or gateway, `bad_request` for what the gateway has not signed.
pub(crate) async fn receive(
    Path((name, token)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let right = vars::get("sms_receipt_token").await?;
    let same = bool::from(right.as_bytes().ct_eq(token.as_bytes()));
    if right.len() < TOKEN_MIN || !same || vars::sandbox().await? {
        return Err(Failure::not_found());
    }
    let gateways = gateways::configured().await?;
    let gateway = gateways.iter().find(|gateway| gateway.name() == name);
    let gateway = gateway.ok_or_else(Failure::not_found)?;
    let body = http::read_body(body, http::JSON_MAX).await?;
    let Some(receipts) = gateway.receipts(&headers, &body, now()) else {
        eprintln!("error at gateway {name}: a receipt with a wrong signature");
        return Err(Failure::new(Code::BadRequest, "the signature is wrong"));
    };
    for (about, word) in receipts {
        let tx = Db::open().await?.begin().await?;
        if let Some(kept) = sends::find(&tx, gateway.name(), &about).await? {
            settle::apply(&tx, &kept, &word, now()).await?;
        }
        tx.commit().await?;
    }
    let plain = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((StatusCode::OK, plain, gateway.thanks()).into_response())
}
