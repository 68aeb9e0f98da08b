//! The SQL of push subscriptions.

use podpis_kit::db::{Db, DbError};
use podpis_shared::Timestamp;

/// What a message to a browser needs. No `Debug`: who holds the keys reads its messages.
pub(crate) struct Subscription {
    pub(crate) p256dh: String,
    pub(crate) auth: String,
    /// Until when the document can be signed.
    pub(crate) expires_at: Timestamp,
}

/// A browser that takes messages, for one about a document.
pub(crate) async fn find(
    db: &Db,
    endpoint: &str,
    document_id: &str,
) -> Result<Option<Subscription>, DbError> {
    let sql = "SELECT p.p256dh, p.auth, d.expires_at FROM push_subscriptions p, documents d \
               WHERE p.endpoint = ?1 AND d.id = ?2";
    let row = db.first(sql, [endpoint.into(), document_id.into()]).await?;
    row.map(|row| {
        Ok(Subscription {
            p256dh: row.text(0)?,
            auth: row.text(1)?,
            expires_at: Timestamp::from_unix(row.int(2)?),
        })
    })
    .transpose()
}

/// Forgets a subscription that its service does not know any more.
pub(crate) async fn forget(db: &Db, endpoint: &str) -> Result<(), DbError> {
    let sql = "DELETE FROM push_subscriptions WHERE endpoint = ?1";
    db.execute(sql, [endpoint.into()]).await.map(|_| ())
}
