//! Messages of the outbox, as they are taken and given back.

use super::breaker::BREAKER;
use crate::settings::Times;
use podpis_kit::db::{Db, DbError, Row, Tx};
use podpis_kit::random;
use podpis_kit::store::outbox::{self, Outcome};
use podpis_shared::Timestamp;
use podpis_shared::delivery::Reason;

/// Push messages that are on their way to one service at once, over all ticks: fewer than of the channel, so that one that hangs
/// leaves room.
const HOST_MOST: i64 = 8;

/// Messages that a tick gives up at once.
const GIVE_UP_MAX: i64 = 200;

/// A message taken from the outbox. No `Debug`: it names a person's phone.
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) document_id: String,
    /// The staff's invitation that its letter is about, in place of a document.
    pub(crate) invitation_id: Option<String>,
    pub(crate) clinic_id: String,
    pub(crate) channel: String,
    /// Who takes it, where one may be away while others are not.
    host: String,
    pub(crate) recipient: String,
    pub(crate) subject: Option<String>,
    pub(crate) text: String,
    /// What it tells, where it is a notice.
    pub(crate) notice: Option<String>,
    /// Tries so far, this one included.
    pub(crate) attempts: i64,
    /// When the first one was.
    pub(crate) first_at: Timestamp,
    lease: String,
}

impl Message {
    /// What its gateway's circuit breaker is kept under; `None` where none is.
    pub(crate) fn breaker(&self) -> Option<String> {
        (!self.host.is_empty()).then(|| format!("{} {}", self.channel, self.host))
    }
}

/// Takes messages of a channel that are due, oldest first, as long as no more than `most` of it are on their way at once. Nothing
/// is taken for a host that is left alone, nor while something earlier about its document is on the way to the same recipient.
pub(crate) async fn lease(
    db: &Db,
    channel: &str,
    now: Timestamp,
    most: i64,
    times: &Times,
) -> Result<Vec<Message>, DbError> {
    // From one host to the next by the index: how much waits for each doesn't count. Whoever is first is left to chance.
    let hosts = "WITH RECURSIVE hosts (host) AS (\
                 SELECT min(host) FROM outbox WHERE status = 'queued' AND channel = ?1 \
                 UNION ALL SELECT (SELECT min(o.host) FROM outbox o WHERE o.status = 'queued' AND o.channel = ?1 \
                 AND o.host > hosts.host) FROM hosts WHERE hosts.host IS NOT NULL) \
                 SELECT h.host, coalesce(b.failures, 0) FROM hosts h \
                 LEFT JOIN webhook_origins b ON b.origin = ?1 || ' ' || h.host \
                 WHERE h.host IS NOT NULL AND coalesce(b.until, 0) <= ?2 AND EXISTS (SELECT 1 FROM outbox o \
                 WHERE o.status = 'queued' AND o.channel = ?1 AND o.host = h.host AND o.next_at <= ?2) ORDER BY random()";
    let hosts = db.query(hosts, [channel.into(), now.unix().into()]).await?;
    let mut taken = Vec::new();
    for host in hosts {
        let (host, failures) = (host.text(0)?, host.int(1)?);
        let here = match channel {
            // After failures one goes ahead and tries.
            _ if failures >= BREAKER => 1,
            "push" => HOST_MOST,
            _ => most,
        };
        taken.extend(take(db, (channel, &host), (here, most), now, times).await?);
    }
    Ok(taken)
}

/// Takes messages of one host: no more than `here` are on their way to it, nor than `most` on its channel.
async fn take(
    db: &Db,
    (channel, host): (&str, &str),
    (here, most): (i64, i64),
    now: Timestamp,
    times: &Times,
) -> Result<Vec<Message>, DbError> {
    let lease = random::id("lease").map_err(|e| DbError::host("random", e))?;
    // One statement: what another tick takes meanwhile is not counted wrongly. A settled message has no lease.
    let sql = "UPDATE outbox SET lease = ?1, next_at = ?2, attempts = attempts + 1, first_at = coalesce(first_at, ?3) \
               WHERE id IN (SELECT o.id FROM outbox o WHERE o.status = 'queued' AND o.channel = ?4 AND o.host = ?5 \
               AND o.next_at <= ?3 AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.document_id = o.document_id \
               AND e.channel = o.channel AND e.recipient = o.recipient AND e.status = 'queued' AND e.rowid < o.rowid \
               AND (e.next_at <= ?3 OR e.attempts > 0)) AND NOT EXISTS (SELECT 1 FROM outbox_documents s \
               JOIN outbox e ON e.id = s.message_id WHERE s.document_id = o.document_id AND e.channel = o.channel \
               AND e.recipient = o.recipient AND e.status = 'queued' AND e.rowid < o.rowid \
               AND (e.next_at <= ?3 OR e.attempts > 0)) ORDER BY o.next_at, o.created_at, o.rowid \
               LIMIT max(0, min(?6 - (SELECT count(*) FROM outbox l WHERE l.lease IS NOT NULL AND l.channel = ?4 \
               AND l.host = ?5 AND l.next_at > ?3), ?7 - (SELECT count(*) FROM outbox l WHERE l.lease IS NOT NULL \
               AND l.channel = ?4 AND l.next_at > ?3)))) \
               RETURNING id, document_id, channel, host, recipient, subject, text, notice, attempts, first_at, \
               invitation_id, clinic_id";
    let params = [
        lease.as_str().into(),
        now.plus(times.lease()).unix().into(),
        now.unix().into(),
        channel.into(),
        host.into(),
        here.into(),
        most.into(),
    ];
    let of = |row: &Row| {
        Ok(Message {
            id: row.text(0)?,
            document_id: row.opt_text(1)?.unwrap_or_default(),
            invitation_id: row.opt_text(10)?,
            clinic_id: row.text(11)?,
            channel: row.text(2)?,
            host: row.text(3)?,
            recipient: row.text(4)?,
            subject: row.opt_text(5)?,
            text: row.text(6)?,
            notice: row.opt_text(7)?,
            attempts: row.int(8)?,
            first_at: Timestamp::from_unix(row.int(9)?),
            lease: lease.clone(),
        })
    };
    db.query(sql, params).await?.iter().map(of).collect()
}

/// Gives up what has waited too long for a host whose breaker is open; what is sent, is given up when it fails.
pub(crate) async fn give_up(db: Db, now: Timestamp, times: &Times) -> Result<Db, DbError> {
    let open = "SELECT origin FROM webhook_origins WHERE until > ?1 AND (origin LIKE 'push %' OR origin LIKE 'email %')";
    let open = db.query(open, [now.unix().into()]).await?;
    let mut late = Vec::new();
    for breaker in open {
        let breaker = breaker.text(0)?;
        let (channel, host) = breaker.split_once(' ').unwrap_or_default();
        let sql = "SELECT id FROM outbox WHERE status = 'queued' AND channel = ?1 AND host = ?2 AND next_at <= ?3 LIMIT ?4";
        let params = [
            channel.into(),
            host.into(),
            now.plus(-times.message_for).unix().into(),
            GIVE_UP_MAX.into(),
        ];
        late.extend(db.query(sql, params).await?);
    }
    if late.is_empty() {
        return Ok(db);
    }
    let tx = db.begin().await?;
    for row in late {
        let dead = Outcome::Dead(Reason::Unavailable);
        outbox::settle(&tx, &row.text(0)?, dead, now).await?;
    }
    tx.commit().await?;
    Db::open().await
}

/// Whether the message is still ours: the lease has not passed to somebody else, and nobody has settled it.
pub(crate) async fn is_ours(tx: &Tx, message: &Message) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM outbox WHERE id = ?1 AND lease = ?2";
    let params = [message.id.as_str().into(), message.lease.as_str().into()];
    Ok(tx.first(sql, params).await?.is_some())
}

/// Puts a message back for later.
pub(crate) async fn retry_later(db: &Db, message: &Message, at: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE outbox SET next_at = ?1, lease = NULL WHERE id = ?2 AND lease = ?3";
    let params = [
        at.unix().into(),
        message.id.as_str().into(),
        message.lease.as_str().into(),
    ];
    db.execute(sql, params).await.map(|_| ())
}
