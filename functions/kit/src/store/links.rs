//! Links: 256-bit tokens that open one document. Only their hash is kept.

use crate::db::{Db, DbError, Tx};
use crate::http::{Failure, Result};
use crate::store::documents::{self, Document};
use axum::http::HeaderMap;
use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use podpis_shared::wire::patient::LINK_HEADER;

/// How long after its document's own time a link still shows how it ended, in seconds: 30 days.
pub const GRACE: i64 = 30 * 24 * 3600;

/// Stores a new link's token, hashed.
///
/// # Errors
/// As the database says.
pub async fn insert(
    tx: &Tx,
    token: &str,
    document: &Document,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO links (token_hash, document_id, created_at, expires_at) VALUES (?1, ?2, ?3, ?4)",
        [
            sha256_hex(token.as_bytes()).into(),
            document.id.as_str().into(),
            now.unix().into(),
            document.expires_at.max(now).plus(GRACE).unix().into(),
        ],
    )
    .await
    .map(|_| ())
}

/// The document that the request's link opens. Reading changes nothing but what time itself changes.
///
/// # Errors
/// `link_unknown` or `link_expired`.
pub async fn open(headers: &HeaderMap, now: Timestamp) -> Result<(Db, Document)> {
    let unknown = || {
        Failure::new(
            Code::LinkUnknown,
            "Ссылка неизвестна. Откройте её из СМС ещё раз.",
        )
    };
    let token = headers
        .get(LINK_HEADER)
        .and_then(|v| v.to_str().ok())
        .ok_or_else(unknown)?;
    let db = Db::open().await?;
    let sql = "SELECT document_id, expires_at, revoked_at FROM links WHERE token_hash = ?1";
    let row = db
        .first(sql, [sha256_hex(token.as_bytes()).into()])
        .await?
        .ok_or_else(unknown)?;
    let document_id = row.text(0)?;
    if row.opt_int(2)?.is_some() || row.int(1)? <= now.unix() {
        return Err(Failure::new(
            Code::LinkExpired,
            "Срок действия ссылки истёк. Попросите клинику прислать новую.",
        ));
    }
    let db = documents::expire(db, Some(&document_id), now, 1).await?;
    let document = documents::find(&db, &document_id)
        .await?
        .ok_or_else(unknown)?;
    Ok((db, document))
}
