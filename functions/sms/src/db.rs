//! The SQL of this function.

pub(crate) mod sends;

use crate::codes::{HOUR, RESENDS_MAX, State, Status};
use crate::limits::{By, Limit, class};
use podpis_kit::Tx;
use podpis_kit::db::{Db, DbError, Value};
use podpis_shared::wire::code::{Channel, Purpose};
use podpis_shared::{Sensitive, Timestamp};

/// A code to be kept. No `Debug`: it names a person's phone.
pub(crate) struct NewCode<'a> {
    pub(crate) id: &'a str,
    pub(crate) purpose: Purpose,
    pub(crate) subject: &'a str,
    pub(crate) channel: Channel,
    pub(crate) recipient: &'a str,
    pub(crate) clinic_id: Option<&'a str>,
    pub(crate) document_id: Option<&'a str>,
    pub(crate) client: Option<&'a str>,
    pub(crate) hash: &'a str,
    /// Without the code.
    pub(crate) text: &'a str,
    /// Sealed.
    pub(crate) context: Option<&'a str>,
    pub(crate) round: u32,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// A kept code. No `Debug`, as above.
pub(crate) struct Kept {
    pub(crate) state: State,
    pub(crate) hash: String,
    pub(crate) channel: Channel,
    pub(crate) recipient: Sensitive<String>,
    pub(crate) text: String,
    /// Sealed.
    pub(crate) context: Option<String>,
    pub(crate) round: u32,
    pub(crate) issued_at: Timestamp,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) receipt: Option<String>,
    /// Wrong codes before the right one.
    pub(crate) wrong_tries: Option<u32>,
}

/// When codes for the same thing were sent within the last hour, the newest first; as many as decide.
pub(crate) async fn sent(
    db: &Db,
    purpose: Purpose,
    subject: &str,
    now: Timestamp,
) -> Result<Vec<Timestamp>, DbError> {
    let sql = "SELECT issued_at FROM codes WHERE subject = ?1 AND purpose = ?2 AND issued_at > ?3 \
               AND status <> 'failed' ORDER BY issued_at DESC LIMIT ?4";
    let params = [
        subject.into(),
        purpose.as_str().into(),
        now.plus(-HOUR).unix().into(),
        i64::from(RESENDS_MAX + 1).into(),
    ];
    let rows = db.query(sql, params).await?;
    rows.iter()
        .map(|row| row.int(0).map(Timestamp::from_unix))
        .collect()
}

/// From when a limit leaves room again; `None` where it does now. `key`: whose codes are counted.
pub(crate) async fn full_until(
    db: &Db,
    limit: &Limit,
    purpose: Purpose,
    key: Option<&str>,
    now: Timestamp,
) -> Result<Option<Timestamp>, DbError> {
    if limit.max == 0 {
        return Ok(Some(now.plus(limit.window)));
    }
    let whose = match limit.by {
        By::Recipient => "recipient = ?1 AND",
        By::Client => "client = ?1 AND",
        By::Document => "document_id = ?1 AND",
        By::Clinic => "clinic_id = ?1 AND",
        By::Total => "?1 IS NULL AND",
    };
    // The one that has to leave the window first.
    let sql = format!(
        "SELECT issued_at FROM codes WHERE {whose} issued_at > ?2 AND purpose IN (?3, ?4) AND status <> 'failed' \
         ORDER BY issued_at DESC LIMIT 1 OFFSET ?5"
    );
    let [one, other] = class(purpose).map(|purpose| Value::from(purpose.as_str()));
    let params = [
        key.into(),
        now.plus(-limit.window).unix().into(),
        one,
        other,
        i64::from(limit.max - 1).into(),
    ];
    let row = db.first(&sql, params).await?;
    row.map(|row| Ok(Timestamp::from_unix(row.int(0)?).plus(limit.window)))
        .transpose()
}

/// Puts a code in the place of the one that works now for the same thing, if there is one.
pub(crate) async fn replace(tx: &Tx, code: &NewCode<'_>) -> Result<(), DbError> {
    let sql = "UPDATE codes SET status = 'replaced' \
               WHERE purpose = ?1 AND subject = ?2 AND status IN ('issued', 'verified')";
    let params = [code.purpose.as_str().into(), code.subject.into()];
    tx.execute(sql, params).await?;
    let sql = "INSERT INTO codes (id, purpose, subject, channel, recipient, clinic_id, document_id, client, code_hash, \
               text, context, status, tries, round, issued_at, expires_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'issued', 0, ?12, ?13, ?14)";
    let params = [
        code.id.into(),
        code.purpose.as_str().into(),
        code.subject.into(),
        code.channel.as_str().into(),
        code.recipient.into(),
        code.clinic_id.into(),
        code.document_id.into(),
        code.client.into(),
        code.hash.into(),
        code.text.into(),
        code.context.into(),
        code.round.into(),
        code.issued_at.unix().into(),
        code.expires_at.unix().into(),
    ];
    tx.execute(sql, params).await.map(drop)
}

/// The gateway took the message, or has said more of it.
pub(crate) async fn taken(db: &Db, id: &str, receipt: &str, at: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE codes SET sent_at = coalesce(sent_at, ?2), receipt = ?3 WHERE id = ?1";
    let params = [id.into(), at.unix().into(), receipt.into()];
    db.execute(sql, params).await.map(drop)
}

/// The gateway did not take it: the code counts nowhere.
pub(crate) async fn failed(db: &Db, id: &str) -> Result<(), DbError> {
    let sql = "UPDATE codes SET status = 'failed' WHERE id = ?1 AND status = 'issued'";
    db.execute(sql, [id.into()]).await.map(drop)
}

/// The code with this id.
pub(crate) async fn find(db: &Db, id: &str) -> Result<Option<Kept>, DbError> {
    let sql = "SELECT status, tries, expires_at, verified_at, code_hash, channel, recipient, text, context, round, \
               issued_at, sent_at, receipt, wrong_tries FROM codes WHERE id = ?1";
    let Some(row) = db.first(sql, [id.into()]).await? else {
        return Ok(None);
    };
    let time = |column| Ok::<_, DbError>(row.opt_int(column)?.map(Timestamp::from_unix));
    let small = |number: i64| u32::try_from(number).map_err(|_| DbError::corrupt("code"));
    let status = Status::parse(&row.text(0)?).ok_or_else(|| DbError::corrupt("status"))?;
    Ok(Some(Kept {
        state: State {
            status,
            tries: row.int(1)?,
            expires_at: Timestamp::from_unix(row.int(2)?),
            verified_at: time(3)?,
        },
        hash: row.text(4)?,
        channel: Channel::parse(&row.text(5)?).ok_or_else(|| DbError::corrupt("channel"))?,
        recipient: Sensitive::new(row.text(6)?),
        text: row.text(7)?,
        context: row.opt_text(8)?,
        round: small(row.int(9)?)?,
        issued_at: Timestamp::from_unix(row.int(10)?),
        sent_at: time(11)?,
        receipt: row.opt_text(12)?,
        wrong_tries: row.opt_int(13)?.map(small).transpose()?,
    }))
}

/// The right code came; `false` where the code is not in the seen state any more.
pub(crate) async fn verify(
    db: &Db,
    id: &str,
    seen: &State,
    at: Timestamp,
) -> Result<bool, DbError> {
    let sql = "UPDATE codes SET status = 'verified', verified_at = ?2, wrong_tries = tries \
               WHERE id = ?1 AND status = ?3 AND tries = ?4";
    let params = [
        id.into(),
        at.unix().into(),
        seen.status.as_str().into(),
        seen.tries.into(),
    ];
    Ok(db.execute(sql, params).await? > 0)
}

/// A wrong code came: counts it, and closes the code by the last one. `false` as with [`verify`].
pub(crate) async fn count_try(
    db: &Db,
    id: &str,
    seen: &State,
    tries: i64,
    status: Status,
) -> Result<bool, DbError> {
    let sql =
        "UPDATE codes SET tries = ?2, status = ?3 WHERE id = ?1 AND status = ?4 AND tries = ?5";
    let params = [
        id.into(),
        tries.into(),
        status.as_str().into(),
        seen.status.as_str().into(),
        seen.tries.into(),
    ];
    Ok(db.execute(sql, params).await? > 0)
}
