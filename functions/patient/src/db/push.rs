//! The SQL of push subscriptions.

use podpis_kit::Tx;
use podpis_kit::db::{Db, DbError};
use podpis_kit::store::accounts::sessions::Session;
use podpis_shared::Timestamp;
use podpis_shared::wire::account::PushSubscription;

/// Keeps a browser's subscription; one browser has one, whoever is signed in, and a session one.
pub(crate) async fn subscribe(
    tx: &Tx,
    session: &Session,
    subscription: &PushSubscription,
    at: Timestamp,
) -> Result<(), DbError> {
    let sql = "DELETE FROM push_subscriptions WHERE session_id = ?1 OR endpoint = ?2";
    let params = [
        session.id.as_str().into(),
        subscription.endpoint.as_str().into(),
    ];
    tx.execute(sql, params).await?;
    let sql = "INSERT INTO push_subscriptions (endpoint, account_id, session_id, p256dh, auth, created_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let params = [
        subscription.endpoint.as_str().into(),
        session.account_id.as_str().into(),
        session.id.as_str().into(),
        subscription.p256dh.as_str().into(),
        subscription.auth.as_str().into(),
        at.unix().into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}

/// Forgets a browser's subscription of this account.
pub(crate) async fn unsubscribe(db: &Db, account_id: &str, endpoint: &str) -> Result<(), DbError> {
    let sql = "DELETE FROM push_subscriptions WHERE account_id = ?1 AND endpoint = ?2";
    db.execute(sql, [account_id.into(), endpoint.into()])
        .await
        .map(|_| ())
}
