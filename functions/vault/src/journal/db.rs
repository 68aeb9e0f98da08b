//! The SQL of the journal's heads, proofs and audits.

use podpis_journal::audit::{Issued, Range, Row as Stored};
use podpis_journal::checkpoint::Checkpoint;
use podpis_journal::{Entry, Hash, NodeId, from_hex, to_hex};
use podpis_kit::db::{Db, DbError, Row, Value};
use podpis_shared::Timestamp;
use std::collections::HashMap;

/// Columns of an entry, in the order of [`EntryRow::of`].
const ENTRY: &str = "seq, id, type, public, document_id, at, data, leaf_hash";

/// An entry as it is stored.
pub(super) struct EntryRow {
    pub(super) seq: i64,
    pub(super) leaf_hash: String,
    id: String,
    kind: String,
    public: bool,
    document_id: Option<String>,
    at: i64,
    data: String,
}

impl EntryRow {
    fn of(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            seq: row.int(0)?,
            id: row.text(1)?,
            kind: row.text(2)?,
            public: row.int(3)? == 1,
            document_id: row.opt_text(4)?,
            at: row.int(5)?,
            data: row.text(6)?,
            leaf_hash: row.text(7)?,
        })
    }

    /// The entry as JSON, and the hash of its leaf. `None` where its data can't be read.
    pub(super) fn leaf(&self, clinic_id: &str) -> Option<(serde_json::Value, Hash)> {
        let data = serde_json::from_str(&self.data).ok()?;
        let entry = Entry {
            clinic_id,
            seq: u64::try_from(self.seq).ok()?,
            id: &self.id,
            kind: &self.kind,
            document_id: self.document_id.as_deref(),
            at: Timestamp::from_unix(self.at),
            data: &data,
        };
        Some((entry.to_json(), entry.leaf_hash()))
    }

    fn into_stored(self) -> Stored {
        Stored {
            seq: self.seq,
            id: self.id,
            kind: self.kind,
            public: self.public,
            document_id: self.document_id,
            at: self.at,
            data: self.data,
            leaf_hash: self.leaf_hash,
        }
    }
}

/// Entries of a document, oldest first.
pub(super) async fn entries(
    db: &Db,
    document_id: &str,
    clinic_id: &str,
) -> Result<Vec<EntryRow>, DbError> {
    let sql = format!(
        "SELECT {ENTRY} FROM journal WHERE document_id = ?1 AND clinic_id = ?2 ORDER BY seq"
    );
    let rows = db.query(&sql, [document_id.into(), clinic_id.into()]);
    rows.await?.iter().map(EntryRow::of).collect()
}

/// Size and root of the largest checkpoint that was issued.
pub(super) async fn last_issued(
    db: &Db,
    clinic_id: &str,
) -> Result<Option<(u64, String)>, DbError> {
    let sql = "SELECT size, root FROM checkpoints WHERE clinic_id = ?1 ORDER BY size DESC LIMIT 1";
    let of = |row: Row| {
        let size = u64::try_from(row.int(0)?).map_err(|_| DbError::corrupt("size"))?;
        Ok((size, row.text(1)?))
    };
    db.first(sql, [clinic_id.into()]).await?.map(of).transpose()
}

/// Keeps a checkpoint as issued; one of the same size is there already when two ask at once.
pub(super) async fn keep_issued(
    db: &Db,
    clinic_id: &str,
    checkpoint: &Checkpoint,
    note: &str,
    at: Timestamp,
) -> Result<(), DbError> {
    let sql = "INSERT INTO checkpoints (clinic_id, size, root, note, at) VALUES (?1, ?2, ?3, ?4, ?5) \
               ON CONFLICT (clinic_id, size) DO NOTHING";
    let params = [
        clinic_id.into(),
        integer(checkpoint.size)?,
        to_hex(&checkpoint.root).into(),
        note.into(),
        at.unix().into(),
    ];
    db.execute(sql, params).await.map(|_| ())
}

// --- audit ---

/// What is kept of a clinic's audit.
pub(super) struct Audit {
    pub(super) clinic_id: String,
    pub(super) clinic: String,
    pub(super) state: Option<String>,
    pub(super) problems: String,
    pub(super) size: i64,
    pub(super) checked_at: Option<i64>,
    pub(super) full_at: Option<i64>,
    /// 0 none, 1 of what is new, 2 of everything.
    pub(super) running: i64,
    pub(super) auditor: String,
}

impl Audit {
    fn of(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            clinic_id: row.text(0)?,
            clinic: row.text(1)?,
            state: row.opt_text(2)?,
            problems: row.opt_text(3)?.unwrap_or_else(|| "[]".into()),
            size: row.opt_int(4)?.unwrap_or(0),
            checked_at: row.opt_int(5)?,
            full_at: row.opt_int(6)?,
            running: row.opt_int(7)?.unwrap_or(0),
            auditor: row.opt_text(8)?.unwrap_or_default(),
        })
    }
}

const AUDIT: &str = "SELECT c.id, c.name, a.state, a.problems, a.size, a.checked_at, a.full_at, a.running, a.auditor \
    FROM clinics c LEFT JOIN journal_audits a ON a.clinic_id = c.id LEFT JOIN journal_heads h ON h.clinic_id = c.id";

/// Journals that a pass is due for: never looked at, under way, grown or cut since, or whose last full pass ended
/// before `daily`, or before `retry` with problems. Those that have waited longest come first.
pub(super) async fn due(
    db: &Db,
    daily: Timestamp,
    retry: Timestamp,
    limit: i64,
) -> Result<Vec<Audit>, DbError> {
    let sql = format!(
        "{AUDIT} WHERE a.full_at IS NULL OR a.running > 0 OR a.full_at < ?1 OR (a.state = 'broken' AND a.full_at < ?2) \
         OR (a.state = 'ok' AND (coalesce(h.size, 0) <> a.size OR coalesce(h.frontier, '') <> a.head \
         OR coalesce((SELECT max(seq) FROM journal WHERE clinic_id = c.id), 0) <> a.size)) \
         ORDER BY coalesce(a.checked_at, 0), c.id LIMIT ?3"
    );
    let params = [daily.unix().into(), retry.unix().into(), limit.into()];
    db.query(&sql, params)
        .await?
        .iter()
        .map(Audit::of)
        .collect()
}

/// Journals in the order of their last full pass, the oldest first.
pub(super) async fn by_age(db: &Db, before: Timestamp, limit: i64) -> Result<Vec<Audit>, DbError> {
    let sql = format!(
        "{AUDIT} WHERE coalesce(a.full_at, 0) < ?1 ORDER BY coalesce(a.full_at, 0), c.id LIMIT ?2"
    );
    let rows = db.query(&sql, [before.unix().into(), limit.into()]);
    rows.await?.iter().map(Audit::of).collect()
}

pub(super) async fn audit(db: &Db, clinic_id: &str) -> Result<Option<Audit>, DbError> {
    let sql = format!("{AUDIT} WHERE c.id = ?1");
    db.first(&sql, [clinic_id.into()])
        .await?
        .as_ref()
        .map(Audit::of)
        .transpose()
}

/// Journals whose last pass found something.
pub(super) async fn broken(db: &Db, limit: i64) -> Result<Vec<Audit>, DbError> {
    let sql = format!("{AUDIT} WHERE a.state = 'broken' ORDER BY c.id LIMIT ?1");
    let rows = db.query(&sql, [limit.into()]).await?;
    rows.iter().map(Audit::of).collect()
}

/// Where a pass stands that goes on with the next tick.
pub(super) async fn keep_progress(db: &Db, audit: &Audit) -> Result<(), DbError> {
    let sql = "INSERT INTO journal_audits (clinic_id, problems, size, head, running, auditor) \
               VALUES (?1, '[]', 0, '', ?2, ?3) \
               ON CONFLICT (clinic_id) DO UPDATE SET running = excluded.running, auditor = excluded.auditor";
    let params: [Value; 3] = [
        audit.clinic_id.as_str().into(),
        audit.running.into(),
        audit.auditor.as_str().into(),
    ];
    db.execute(sql, params).await.map(|_| ())
}

/// The outcome of a pass. `head` is the frontier that it found.
pub(super) async fn keep_outcome(db: &Db, audit: &Audit, head: &str) -> Result<(), DbError> {
    let sql = "INSERT INTO journal_audits \
               (clinic_id, state, problems, size, head, checked_at, full_at, running, auditor) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8) ON CONFLICT (clinic_id) DO UPDATE SET \
               state = excluded.state, problems = excluded.problems, size = excluded.size, head = excluded.head, \
               checked_at = excluded.checked_at, full_at = excluded.full_at, running = 0, auditor = excluded.auditor";
    let params: [Value; 8] = [
        audit.clinic_id.as_str().into(),
        audit.state.as_deref().into(),
        audit.problems.as_str().into(),
        audit.size.into(),
        head.into(),
        audit.checked_at.into(),
        audit.full_at.into(),
        audit.auditor.as_str().into(),
    ];
    db.execute(sql, params).await.map(|_| ())
}

/// The next entries in the order of their numbers.
pub(super) async fn rows(
    db: &Db,
    clinic_id: &str,
    after: u64,
    limit: i64,
) -> Result<Vec<Stored>, DbError> {
    // What has no possible number comes first, with the beginning.
    let after = match after {
        0 => i64::MIN.into(),
        _ => integer(after)?,
    };
    let sql = format!(
        "SELECT {ENTRY} FROM journal WHERE clinic_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3"
    );
    let rows = db.query(&sql, [clinic_id.into(), after, limit.into()]);
    let of = |row: &Row| EntryRow::of(row).map(EntryRow::into_stored);
    rows.await?.iter().map(of).collect()
}

/// Inner nodes in these ranges, at most two statements.
pub(super) async fn nodes(
    db: &Db,
    clinic_id: &str,
    ranges: &[Range],
) -> Result<HashMap<NodeId, Hash>, DbError> {
    let parts: Vec<String> = ranges
        .iter()
        .map(|range| {
            // Numbers only: nothing in it needs to be quoted.
            let Range { level, from, to } = range;
            format!(
                "SELECT level, idx, hash FROM journal_nodes WHERE clinic_id = ?1 AND level = {level} AND idx >= {from} AND idx < {to}"
            )
        })
        .collect();
    let mut nodes = HashMap::new();
    for parts in parts.chunks(40) {
        for row in db
            .query(&parts.join(" UNION ALL "), [clinic_id.into()])
            .await?
        {
            let (level, index) = (u32::try_from(row.int(0)?), u64::try_from(row.int(1)?));
            if let (Ok(level), Ok(index), Some(hash)) = (level, index, from_hex(&row.text(2)?)) {
                nodes.insert(NodeId { level, index }, hash);
            }
        }
    }
    Ok(nodes)
}

/// Number of inner nodes.
pub(super) async fn node_count(db: &Db, clinic_id: &str) -> Result<u64, DbError> {
    let sql = "SELECT count(*) FROM journal_nodes WHERE clinic_id = ?1";
    let row = db.first(sql, [clinic_id.into()]).await?;
    let count = row.map_or(Ok(0), |row| row.int(0))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Checkpoints issued for these sizes, both included.
pub(super) async fn issued(
    db: &Db,
    clinic_id: &str,
    from: u64,
    to: i64,
) -> Result<Vec<Issued>, DbError> {
    let sql = "SELECT size, root, note FROM checkpoints WHERE clinic_id = ?1 AND size >= ?2 AND size <= ?3 \
               ORDER BY size LIMIT 5000";
    let of = |row: &Row| {
        Ok(Issued {
            size: row.int(0)?,
            root: row.text(1)?,
            note: row.text(2)?,
        })
    };
    let rows = db.query(sql, [clinic_id.into(), integer(from)?, to.into()]);
    rows.await?.iter().map(of).collect()
}

/// The largest number of an entry, and size and frontier of the head, at one moment.
pub(super) async fn end(db: &Db, clinic_id: &str) -> Result<(i64, Option<(i64, String)>), DbError> {
    let sql = "SELECT coalesce((SELECT max(seq) FROM journal WHERE clinic_id = ?1), 0), h.size, h.frontier \
               FROM (SELECT 1) AS one LEFT JOIN journal_heads h ON h.clinic_id = ?1";
    let Some(row) = db.first(sql, [clinic_id.into()]).await? else {
        return Ok((0, None));
    };
    let head = row.opt_int(1)?.zip(row.opt_text(2)?);
    Ok((row.int(0)?, head))
}

fn integer(number: u64) -> Result<Value, DbError> {
    i64::try_from(number)
        .map(Value::from)
        .map_err(|_| DbError::corrupt("number"))
}
