//! How sessions end, and what is told of it afterwards.

use crate::db::{Db, DbError};
use crate::session::IDLE_S;
use podpis_shared::Timestamp;
use podpis_shared::wire::account::Ended;

/// Why a session is ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The person signed out in this browser.
    Here,
    /// The same browser has begun another one.
    Replaced,
    /// From another browser, in the list of devices.
    Device,
    /// From any browser, all of them.
    Everywhere,
    /// The account has gone up in another one.
    Merged,
    /// The account was closed.
    Erased,
}

impl Why {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Here => "here",
            Self::Replaced => "replaced",
            Self::Device => "device",
            Self::Everywhere => "everywhere",
            Self::Merged => "merged",
            Self::Erased => "erased",
        }
    }
}

/// Ends one session of an account, and the push messages to its browser; `false` where there is no such one.
///
/// # Errors
/// As the database says.
pub async fn end(
    db: &Db,
    account_id: &str,
    id: &str,
    why: Why,
    now: Timestamp,
) -> Result<bool, DbError> {
    let sql = "UPDATE account_sessions SET ended_at = ?3, ended_why = ?4 \
               WHERE account_id = ?1 AND id = ?2 AND ended_at IS NULL";
    let params = [
        account_id.into(),
        id.into(),
        now.unix().into(),
        why.as_str().into(),
    ];
    let ended = db.execute(sql, params).await? > 0;
    let sql = "DELETE FROM push_subscriptions WHERE account_id = ?1 AND session_id = ?2";
    db.execute(sql, [account_id.into(), id.into()]).await?;
    Ok(ended)
}

/// Ends all sessions of an account, but for one where it is given.
///
/// # Errors
/// As the database says.
pub async fn end_all(
    db: &Db,
    account_id: &str,
    but: Option<&str>,
    why: Why,
    now: Timestamp,
) -> Result<(), DbError> {
    let sql = "UPDATE account_sessions SET ended_at = ?3, ended_why = ?4 \
               WHERE account_id = ?1 AND ended_at IS NULL AND (?2 IS NULL OR id <> ?2)";
    let params = [
        account_id.into(),
        but.into(),
        now.unix().into(),
        why.as_str().into(),
    ];
    db.execute(sql, params).await?;
    let sql =
        "DELETE FROM push_subscriptions WHERE account_id = ?1 AND (?2 IS NULL OR session_id <> ?2)";
    db.execute(sql, [account_id.into(), but.into()])
        .await
        .map(|_| ())
}

/// Why the session of a cookie is over, where its person has not ended it in this very browser; `None` for a living one, and for a
/// cookie that nobody knows.
///
/// # Errors
/// As the database says.
pub async fn ended(db: &Db, token_hash: &str, now: Timestamp) -> Result<Option<Ended>, DbError> {
    let sql = "SELECT ended_at, ended_why, seen_at, expires_at FROM account_sessions WHERE token_hash = ?1";
    let Some(row) = db.first(sql, [token_hash.into()]).await? else {
        return Ok(None);
    };
    if row.opt_int(0)?.is_none() {
        let (seen_at, expires_at) = (row.int(2)?, row.int(3)?);
        let idle_at = Timestamp::from_unix(seen_at).plus(IDLE_S);
        return Ok(over(idle_at, Timestamp::from_unix(expires_at), now));
    }
    Ok(match row.opt_text(1)?.as_deref() {
        Some("here" | "replaced") => None,
        Some("device") => Some(Ended::Device),
        Some("everywhere") => Some(Ended::Everywhere),
        Some("merged") => Some(Ended::Merged),
        Some("erased") => Some(Ended::Erased),
        // Ended before it was written down why, or by a later version.
        _ => Some(Ended::Other),
    })
}

/// Which of a session's two limits ended it first, if one has.
pub(crate) fn over(idle_at: Timestamp, expires_at: Timestamp, now: Timestamp) -> Option<Ended> {
    if now < idle_at && now < expires_at {
        return None;
    }
    Some(if idle_at < expires_at {
        Ended::Idle
    } else {
        Ended::Absolute
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::ABSOLUTE_S;

    #[test]
    fn the_limit_that_came_first_is_told() {
        let at = Timestamp::from_unix;
        let over = |seen: i64, now: i64| over(at(seen).plus(IDLE_S), at(ABSOLUTE_S), at(now));
        assert_eq!(over(0, IDLE_S - 1), None);
        assert_eq!(over(0, IDLE_S), Some(Ended::Idle));
        assert_eq!(over(0, 2 * ABSOLUTE_S), Some(Ended::Idle));
        let busy = ABSOLUTE_S - 60;
        assert_eq!(over(busy, ABSOLUTE_S - 1), None);
        assert_eq!(over(busy, ABSOLUTE_S), Some(Ended::Absolute));
        assert_eq!(over(busy, 2 * ABSOLUTE_S), Some(Ended::Absolute));
    }
}
