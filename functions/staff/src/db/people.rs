//! People who sign in: password, second factors, recovery codes.

use podpis_kit::db::{Db, DbError, Row, Tx};
use podpis_shared::Timestamp;

/// Somebody who may sign in. No `Debug`: it holds secrets.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) email: String,
    /// PHC string.
    pub(crate) password_hash: Option<String>,
    /// Secret of the program on the phone, encrypted at rest.
    pub(crate) totp: Option<String>,
    pub(crate) passkeys: i64,
    /// Recovery codes that are left.
    pub(crate) recovery_codes: i64,
}

const SELECT: &str = "SELECT p.id, p.email, p.password_hash, p.totp, \
    (SELECT count(*) FROM staff_passkeys k WHERE k.person_id = p.id), \
    (SELECT count(*) FROM staff_recovery_codes r WHERE r.person_id = p.id AND r.used_at IS NULL) FROM staff_people p";

impl Person {
    fn of(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.text(0)?,
            email: row.text(1)?,
            password_hash: row.opt_text(2)?,
            totp: row.opt_text(3)?,
            passkeys: row.int(4)?,
            recovery_codes: row.int(5)?,
        })
    }
}

/// Who has an e-mail and is of the staff of any clinic.
pub(crate) async fn by_email(db: &Db, email: &str) -> Result<Option<Person>, DbError> {
    let sql = format!(
        "{SELECT} WHERE p.email = ?1 AND EXISTS (SELECT 1 FROM staff m WHERE m.person_id = p.id \
         AND m.joined_at IS NOT NULL AND m.removed_at IS NULL)"
    );
    let row = db.first(&sql, [email.into()]).await?;
    row.as_ref().map(Person::of).transpose()
}

/// A person.
pub(crate) async fn by_id(db: &Db, id: &str) -> Result<Option<Person>, DbError> {
    let sql = format!("{SELECT} WHERE p.id = ?1");
    let row = db.first(&sql, [id.into()]).await?;
    row.as_ref().map(Person::of).transpose()
}

/// Sets the password.
pub(crate) async fn set_password(tx: &Tx, id: &str, hash: &str) -> Result<(), DbError> {
    let sql = "UPDATE staff_people SET password_hash = ?2 WHERE id = ?1";
    tx.execute(sql, [id.into(), hash.into()]).await.map(|_| ())
}

/// Sets the secret of the program on the phone; `step` is that of its first code, which is used with this.
pub(crate) async fn set_totp(tx: &Tx, id: &str, sealed: &str, step: i64) -> Result<(), DbError> {
    let sql = "UPDATE staff_people SET totp = ?2, totp_step = ?3 WHERE id = ?1";
    tx.execute(sql, [id.into(), sealed.into(), step.into()])
        .await
        .map(|_| ())
}

/// Uses the code of a step; `false` where it, or a later one, was used already.
pub(crate) async fn use_step(tx: &Tx, id: &str, step: i64) -> Result<bool, DbError> {
    let sql = "UPDATE staff_people SET totp_step = ?2 WHERE id = ?1 AND totp_step < ?2";
    Ok(tx.execute(sql, [id.into(), step.into()]).await? > 0)
}

/// Puts new recovery codes in the place of all earlier ones.
pub(crate) async fn set_recovery(tx: &Tx, id: &str, hashes: &[String]) -> Result<(), DbError> {
    let sql = "DELETE FROM staff_recovery_codes WHERE person_id = ?1";
    tx.execute(sql, [id.into()]).await?;
    for hash in hashes {
        let sql = "INSERT INTO staff_recovery_codes (person_id, code_hash) VALUES (?1, ?2)";
        tx.execute(sql, [id.into(), hash.as_str().into()]).await?;
    }
    Ok(())
}

/// Uses a recovery code up; `false` where there is no such one, or no more.
pub(crate) async fn use_recovery(
    tx: &Tx,
    id: &str,
    hash: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let sql = "UPDATE staff_recovery_codes SET used_at = ?3 WHERE person_id = ?1 AND code_hash = ?2 AND used_at IS NULL";
    let params = [id.into(), hash.into(), now.unix().into()];
    Ok(tx.execute(sql, params).await? > 0)
}

/// The person joins a clinic, under the name that they gave, if they did.
pub(crate) async fn join(
    tx: &Tx,
    staff_id: &str,
    name: Option<&str>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let sql = "UPDATE staff SET joined_at = ?3, name = coalesce(?2, name) \
               WHERE id = ?1 AND joined_at IS NULL AND removed_at IS NULL";
    let params = [staff_id.into(), name.into(), now.unix().into()];
    Ok(tx.execute(sql, params).await? > 0)
}
