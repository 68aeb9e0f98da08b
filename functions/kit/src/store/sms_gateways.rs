//! How it stands with the gateways of SMS: `sms` records its calls, `GET /api/health` and the operator read them.

use crate::db::{Db, DbError, Row};
use podpis_shared::Timestamp;
use serde::Serialize;

/// How it stands with one gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "SmsGateway")
)]
pub struct Health {
    /// Which one.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["smsc", "smsru", "json"])))]
    pub name: String,
    /// In a word.
    pub state: State,
    /// What is left on the account there, in kopecks.
    #[serde(rename = "balance_kopecks")]
    pub balance: Option<i64>,
    /// When it said so.
    pub balance_at: Option<Timestamp>,
    /// The last call that went well.
    pub last_ok_at: Option<Timestamp>,
    /// The last call that did not; it stays when calls go well again.
    pub last_error: Option<Failed>,
}

/// How it stands, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub enum State {
    /// The last call went well.
    Ok,
    /// It did, but the account runs dry.
    Low,
    /// The last call did not.
    Failing,
    /// There was no call yet.
    Unknown,
}

/// A call that did not go well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Failed {
    /// When.
    pub at: Timestamp,
    /// Stable name of why (`docs/sms.md`), a space, and the gateway's own code or what else is known.
    pub code: String,
}

/// The gateways that are set, the first one first.
///
/// # Errors
/// As the database says.
pub async fn list(db: &Db) -> Result<Vec<Health>, DbError> {
    let sql = "SELECT name, balance, balance_at, low, ok_at, failed_at, failed_code FROM sms_gateways ORDER BY position";
    db.query(sql, []).await?.iter().map(health).collect()
}

fn health(row: &Row) -> Result<Health, DbError> {
    let time = |column| Ok::<_, DbError>(row.opt_int(column)?.map(Timestamp::from_unix));
    let (ok, failed, low) = (time(4)?, time(5)?, row.int(3)? != 0);
    let state = match (ok, failed) {
        (None, None) => State::Unknown,
        (ok, Some(failed)) if ok.is_none_or(|ok| failed >= ok) => State::Failing,
        _ if low => State::Low,
        _ => State::Ok,
    };
    Ok(Health {
        name: row.text(0)?,
        state,
        balance: row.opt_int(1)?,
        balance_at: time(2)?,
        last_ok_at: ok,
        last_error: match (failed, row.opt_text(6)?) {
            (Some(at), Some(code)) => Some(Failed { at, code }),
            _ => None,
        },
    })
}

/// Makes the list that of the settings; what is known of the gateways in it stays.
///
/// # Errors
/// As the database says.
pub async fn set(db: &Db, names: &[&str], at: Timestamp) -> Result<(), DbError> {
    let rows = db
        .query("SELECT name FROM sms_gateways ORDER BY position", [])
        .await?;
    let known = rows
        .iter()
        .map(|row| row.text(0))
        .collect::<Result<Vec<_>, _>>()?;
    if known == names {
        return Ok(());
    }
    for name in known.iter().filter(|name| !names.contains(&name.as_str())) {
        db.execute(
            "DELETE FROM sms_gateways WHERE name = ?1",
            [name.as_str().into()],
        )
        .await?;
    }
    for (position, name) in (1i64..).zip(names) {
        let sql = "INSERT INTO sms_gateways (name, position, low, balance_due) VALUES (?1, ?2, 0, ?3) \
                   ON CONFLICT (name) DO UPDATE SET position = ?2";
        db.execute(sql, [(*name).into(), position.into(), at.unix().into()])
            .await?;
    }
    Ok(())
}

/// Records a call that went well, with the balance where it told one. `low_below`: kopecks.
///
/// # Errors
/// As the database says.
pub async fn ok(
    db: &Db,
    name: &str,
    balance: Option<i64>,
    low_below: i64,
    at: Timestamp,
) -> Result<(), DbError> {
    let sql = "UPDATE sms_gateways SET ok_at = ?2, balance = coalesce(?3, balance), \
               balance_at = CASE WHEN ?3 IS NULL THEN balance_at ELSE ?2 END, \
               low = CASE WHEN ?3 IS NULL THEN low WHEN ?3 < ?4 THEN 1 ELSE 0 END WHERE name = ?1";
    let params = [
        name.into(),
        at.unix().into(),
        balance.into(),
        low_below.into(),
    ];
    db.execute(sql, params).await.map(drop)
}

/// Records a call that did not go well.
///
/// # Errors
/// As the database says.
pub async fn failed(db: &Db, name: &str, code: &str, at: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE sms_gateways SET failed_at = ?2, failed_code = ?3 WHERE name = ?1";
    db.execute(sql, [name.into(), at.unix().into(), code.into()])
        .await
        .map(drop)
}

/// Takes the question for balances upon oneself where it is due: the names to ask.
///
/// # Errors
/// As the database says.
pub async fn take_due(db: &Db, at: Timestamp, next: Timestamp) -> Result<Vec<String>, DbError> {
    let rows = db
        .query(
            "SELECT name, balance_due FROM sms_gateways WHERE balance_due <= ?1",
            [at.unix().into()],
        )
        .await?;
    let mut names = Vec::new();
    for row in rows {
        let sql = "UPDATE sms_gateways SET balance_due = ?3 WHERE name = ?1 AND balance_due = ?2";
        let params = [row.text(0)?.into(), row.int(1)?.into(), next.unix().into()];
        if db.execute(sql, params).await? > 0 {
            names.push(row.text(0)?);
        }
    }
    Ok(names)
}
