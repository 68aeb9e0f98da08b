//! How the last calls to ESIA went, for `GET /api/health`: nobody asks ESIA only to know.

use crate::db::{Db, DbError};
use podpis_shared::Timestamp;
use serde::Serialize;

/// While nothing changes, a row is written at most once in so many seconds.
const PAUSE_S: i64 = 60;

/// How the last calls to ESIA went; `status` does not depend on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Health {
    /// How it stands.
    pub state: State,
    /// Since when it stands so.
    pub since: Option<Timestamp>,
    /// The last call that went well, to the minute.
    pub last_ok_at: Option<Timestamp>,
    /// The last call that did not, to the minute; it stays when calls go well again.
    pub last_error: Option<Failed>,
}

/// How it stands with ESIA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub enum State {
    /// The last call went well.
    Ok,
    /// The last call did not: ESIA is away, or refuses our requests.
    Failing,
    /// There was no call yet.
    Unknown,
}

impl State {
    /// Name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failing => "failing",
            Self::Unknown => "unknown",
        }
    }
}

/// A call that did not go well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Failed {
    /// When.
    pub at: Timestamp,
    /// Which call: `token`, `person` and so on.
    pub step: String,
    /// Stable code, or ESIA's own (`ESIA-007…`).
    pub code: String,
}

/// Records that ESIA answered as it should. Where the row can't be written the log says so: the call went well.
pub async fn ok(db: &Db, at: Timestamp) {
    logged(record_ok(db, at).await);
}

/// Records that a call failed at a `step`, with a stable `code` and nothing personal in either. Where the row can't be
/// written the log says so.
pub async fn failed(db: &Db, at: Timestamp, step: &str, code: &str) {
    logged(record_failed(db, at, step, code).await);
}

/// What has been recorded.
///
/// # Errors
/// As the database says.
pub async fn read(db: &Db) -> Result<Health, DbError> {
    let sql =
        "SELECT state, since, last_ok_at, failed_at, failed_step, failed_code FROM esia_health";
    let Some(row) = db.first(sql, []).await? else {
        return Ok(Health {
            state: State::Unknown,
            since: None,
            last_ok_at: None,
            last_error: None,
        });
    };
    let error = match (row.opt_int(3)?, row.opt_text(4)?, row.opt_text(5)?) {
        (Some(at), Some(step), Some(code)) => Some(Failed {
            at: Timestamp::from_unix(at),
            step,
            code,
        }),
        _ => None,
    };
    Ok(Health {
        state: match row.text(0)?.as_str() {
            "ok" => State::Ok,
            "failing" => State::Failing,
            _ => return Err(DbError::corrupt("health")),
        },
        since: Some(Timestamp::from_unix(row.int(1)?)),
        last_ok_at: row.opt_int(2)?.map(Timestamp::from_unix),
        last_error: error,
    })
}

async fn record_ok(db: &Db, at: Timestamp) -> Result<(), DbError> {
    let health = read(db).await?;
    if health.state == State::Ok && is_fresh(health.last_ok_at, at) {
        return Ok(());
    }
    let sql = "INSERT INTO esia_health (id, state, since, last_ok_at) VALUES (1, 'ok', ?1, ?1) \
               ON CONFLICT (id) DO UPDATE SET last_ok_at = ?1, state = 'ok', \
               since = CASE state WHEN 'ok' THEN since ELSE ?1 END";
    db.execute(sql, [at.unix().into()]).await.map(|_| ())
}

async fn record_failed(db: &Db, at: Timestamp, step: &str, code: &str) -> Result<(), DbError> {
    let health = read(db).await?;
    let same = health
        .last_error
        .as_ref()
        .filter(|last| last.step == step && last.code == code)
        .map(|last| last.at);
    if health.state == State::Failing && is_fresh(same, at) {
        return Ok(());
    }
    let sql = "INSERT INTO esia_health (id, state, since, failed_at, failed_step, failed_code) \
               VALUES (1, 'failing', ?1, ?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET \
               failed_at = ?1, failed_step = ?2, failed_code = ?3, state = 'failing', \
               since = CASE state WHEN 'failing' THEN since ELSE ?1 END";
    let params = [at.unix().into(), step.into(), code.into()];
    db.execute(sql, params).await.map(|_| ())
}

/// A clock that went back counts as not fresh.
fn is_fresh(last: Option<Timestamp>, at: Timestamp) -> bool {
    last.is_some_and(|last| (0..PAUSE_S).contains(&(at.unix() - last.unix())))
}

fn logged(result: Result<(), DbError>) {
    if let Err(e) = result {
        eprintln!("error at esia health: {e}");
    }
}
