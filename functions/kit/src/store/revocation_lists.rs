//! Lists of revoked certificates of the authorities that clinics sign below, as the operator brings them.

use crate::db::{Db, DbError, Row, Value};
use podpis_shared::Timestamp;

/// What is known of a list of revoked certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// SHA-256 of its DER, lower-case hex.
    pub sha256: String,
    /// SHA-256 of the issuer's name in DER, lower-case hex.
    pub issuer: String,
    /// The issuer's name for people.
    pub issuer_text: String,
    /// When it was given out.
    pub this_update: Timestamp,
    /// Until when the next one is due.
    pub next_update: Option<Timestamp>,
    /// When the operator brought it.
    pub added_at: Timestamp,
}

/// Lists of one issuer that are looked at: the newest, and parts of it.
const LISTS_MAX: i64 = 4;

/// Keeps a list; one that is there is left as it is.
///
/// # Errors
/// As the database says.
pub async fn add(db: &Db, list: &List, der: &[u8]) -> Result<(), DbError> {
    let sql = "INSERT INTO revocation_lists (sha256, issuer, issuer_text, this_update, next_update, der, added_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
    let params: [Value; 7] = [
        list.sha256.as_str().into(),
        list.issuer.as_str().into(),
        list.issuer_text.as_str().into(),
        list.this_update.unix().into(),
        list.next_update.map(Timestamp::unix).into(),
        der.to_vec().into(),
        list.added_at.unix().into(),
    ];
    db.execute(sql, params).await.map(|_| ())
}

/// What lists there are, newest first, at most 200.
///
/// # Errors
/// As the database says.
pub async fn newest(db: &Db) -> Result<Vec<List>, DbError> {
    let sql = "SELECT sha256, issuer, issuer_text, this_update, next_update, added_at FROM revocation_lists \
               ORDER BY this_update DESC, sha256 LIMIT 200";
    let of = |row: &Row| {
        Ok(List {
            sha256: row.text(0)?,
            issuer: row.text(1)?,
            issuer_text: row.text(2)?,
            this_update: Timestamp::from_unix(row.int(3)?),
            next_update: row.opt_int(4)?.map(Timestamp::from_unix),
            added_at: Timestamp::from_unix(row.int(5)?),
        })
    };
    db.query(sql, []).await?.iter().map(of).collect()
}

/// The newest lists of an issuer, DER. `issuer`: as in [`List`].
///
/// # Errors
/// As the database says.
pub async fn of_issuer(db: &Db, issuer: &str) -> Result<Vec<Vec<u8>>, DbError> {
    let sql =
        "SELECT der FROM revocation_lists WHERE issuer = ?1 ORDER BY this_update DESC LIMIT ?2";
    let rows = db.query(sql, [issuer.into(), LISTS_MAX.into()]).await?;
    rows.into_iter().map(Row::into_bytes).collect()
}
