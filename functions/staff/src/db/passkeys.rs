//! Passkeys.

use podpis_kit::db::{Db, DbError, Row, Tx};
use podpis_shared::Timestamp;

/// A passkey.
pub(crate) struct Passkey {
    pub(crate) id: String,
    /// base64url.
    pub(crate) credential_id: String,
    /// `SubjectPublicKeyInfo` in base64url.
    pub(crate) public_key: String,
    pub(crate) sign_count: i64,
    pub(crate) name: String,
    pub(crate) created_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

/// Those of a person, oldest first.
pub(crate) async fn of_person(db: &Db, person_id: &str) -> Result<Vec<Passkey>, DbError> {
    let sql = "SELECT id, credential_id, public_key, sign_count, name, created_at, used_at FROM staff_passkeys \
               WHERE person_id = ?1 ORDER BY created_at, rowid";
    let of = |row: &Row| {
        Ok(Passkey {
            id: row.text(0)?,
            credential_id: row.text(1)?,
            public_key: row.text(2)?,
            sign_count: row.int(3)?,
            name: row.text(4)?,
            created_at: Timestamp::from_unix(row.int(5)?),
            used_at: row.opt_int(6)?.map(Timestamp::from_unix),
        })
    };
    db.query(sql, [person_id.into()])
        .await?
        .iter()
        .map(of)
        .collect()
}

/// Adds one; `false` where somebody has it already.
pub(crate) async fn insert(tx: &Tx, person_id: &str, new: &Passkey) -> Result<bool, DbError> {
    let sql = "INSERT INTO staff_passkeys (id, person_id, credential_id, public_key, sign_count, name, created_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (credential_id) DO NOTHING";
    let params = [
        new.id.as_str().into(),
        person_id.into(),
        new.credential_id.as_str().into(),
        new.public_key.as_str().into(),
        new.sign_count.into(),
        new.name.as_str().into(),
        new.created_at.unix().into(),
    ];
    Ok(tx.execute(sql, params).await? > 0)
}

/// It signed; `false` where its counter has moved meanwhile.
pub(crate) async fn used(
    tx: &Tx,
    passkey: &Passkey,
    sign_count: i64,
    now: Timestamp,
) -> Result<bool, DbError> {
    let sql =
        "UPDATE staff_passkeys SET sign_count = ?3, used_at = ?4 WHERE id = ?1 AND sign_count = ?2";
    let params = [
        passkey.id.as_str().into(),
        passkey.sign_count.into(),
        sign_count.into(),
        now.unix().into(),
    ];
    Ok(tx.execute(sql, params).await? > 0)
}

/// Removes one of a person's.
pub(crate) async fn remove(tx: &Tx, person_id: &str, id: &str) -> Result<bool, DbError> {
    let sql = "DELETE FROM staff_passkeys WHERE person_id = ?1 AND id = ?2";
    Ok(tx.execute(sql, [person_id.into(), id.into()]).await? > 0)
}

/// Removes all of a person's.
pub(crate) async fn remove_all(tx: &Tx, person_id: &str) -> Result<(), DbError> {
    let sql = "DELETE FROM staff_passkeys WHERE person_id = ?1";
    tx.execute(sql, [person_id.into()]).await.map(|_| ())
}
