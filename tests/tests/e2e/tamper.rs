//! What an attacker with the database's file can do to a journal.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use podpis_journal::{Entry, Frontier, Hash, NoteKey, checkpoint, from_hex, to_hex};
use podpis_shared::Timestamp;
use rusqlite::{Connection, params};

/// One way to tamper, named as the audit names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tamper {
    Changed,
    Missing,
    Reordered,
    Truncated,
    Node,
    Head,
    Checkpoint,
    ForgedCheckpoint,
}

impl Tamper {
    pub(crate) const ALL: [Self; 8] = [
        Self::Changed,
        Self::Missing,
        Self::Reordered,
        Self::Truncated,
        Self::Node,
        Self::Head,
        Self::Checkpoint,
        Self::ForgedCheckpoint,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Reordered => "reordered",
            Self::Truncated => "truncated",
            Self::Node => "node",
            Self::Head => "head",
            Self::Checkpoint => "checkpoint",
            Self::ForgedCheckpoint => "forged_checkpoint",
        }
    }

    /// Signatures are not checked where no key is given.
    pub(crate) fn seen_without_a_key(self) -> bool {
        self != Self::ForgedCheckpoint
    }

    /// The head contradicts the entries or the last checkpoint: no further head is signed.
    pub(crate) fn stops_signing(self) -> bool {
        matches!(self, Self::Truncated | Self::Head | Self::Checkpoint)
    }

    /// Does it to a clinic's journal.
    pub(crate) fn apply(self, database: &Path, clinic: &str) -> Result<()> {
        let db = open(database)?;
        let run = |sql: &str| db.execute(sql, [clinic]);
        match self {
            Self::Changed => {
                run("UPDATE journal SET at = at + 1 WHERE clinic_id = ?1 AND seq = 1")?;
            }
            Self::Missing => {
                run("DELETE FROM journal WHERE clinic_id = ?1 AND seq = 2")?;
            }
            Self::Reordered => {
                for (from, to) in [(1, -1), (4, 1), (-1, 4)] {
                    let sql = "UPDATE journal SET seq = ?3 WHERE clinic_id = ?1 AND seq = ?2";
                    db.execute(sql, params![clinic, from, to])?;
                }
            }
            Self::Truncated => {
                run("DELETE FROM journal WHERE clinic_id = ?1 AND seq = \
                     (SELECT max(seq) FROM journal WHERE clinic_id = ?1)")?;
            }
            Self::Node => {
                run(
                    "UPDATE journal_nodes SET hash = leaf_hash FROM journal WHERE journal.clinic_id = ?1 \
                     AND journal_nodes.clinic_id = ?1 AND seq = 1 AND level = 1 AND idx = 0",
                )?;
            }
            Self::Head => {
                run(
                    "UPDATE journal_heads SET frontier = leaf_hash || substr(frontier, 65) FROM journal \
                     WHERE journal.clinic_id = ?1 AND journal_heads.clinic_id = ?1 AND seq = 1",
                )?;
            }
            Self::Checkpoint => rewrite(&db, clinic)?,
            Self::ForgedCheckpoint => forge(&db, clinic)?,
        }
        Ok(())
    }
}

/// A changed entry, and everything that follows from it made anew: hashes, tree, head. Checkpoints and audits are deleted.
pub(crate) fn rewrite_everything(database: &Path, clinic: &str) -> Result<()> {
    let db = open(database)?;
    rewrite(&db, clinic)?;
    db.execute("DELETE FROM checkpoints WHERE clinic_id = ?1", [clinic])?;
    db.execute("DELETE FROM journal_audits WHERE clinic_id = ?1", [clinic])?;
    Ok(())
}

/// The database as it was before there were trees.
pub(crate) fn forget_trees(database: &Path) -> Result<()> {
    let tables = [
        "journal_nodes",
        "journal_heads",
        "checkpoints",
        "journal_audits",
    ];
    let db = open(database)?;
    for table in tables {
        db.execute(&format!("DELETE FROM {table}"), [])?;
    }
    Ok(())
}

/// Whether `cargo xtask journal verify` is content, and what it says.
pub(crate) fn xtask_verify(database: &Path, kept: &[&Path]) -> Result<(bool, String)> {
    let program = std::env::var_os("PODPIS_XTASK").map(PathBuf::from);
    let program = program.context("PODPIS_XTASK: run the tests with `cargo xtask test`")?;
    let mut command = Command::new(program);
    command
        .args(["journal", "verify", "--database"])
        .arg(database);
    for file in kept {
        command.arg("--checkpoint").arg(file);
    }
    let output = command.output().context("xtask")?;
    let text = [output.stdout, output.stderr].concat();
    Ok((
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    ))
}

/// The first thing that an attacker does: the triggers go.
fn open(database: &Path) -> Result<Connection> {
    let db = Connection::open(database)?;
    let triggers: Vec<String> = db
        .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for trigger in triggers {
        db.execute_batch(&format!("DROP TRIGGER {trigger}"))?;
    }
    Ok(db)
}

fn rewrite(db: &Connection, clinic: &str) -> Result<()> {
    db.execute(
        "UPDATE journal SET at = at + 1 WHERE clinic_id = ?1 AND seq = 1",
        [clinic],
    )?;
    db.execute("DELETE FROM journal_nodes WHERE clinic_id = ?1", [clinic])?;
    let mut frontier = Frontier::default();
    for (seq, leaf) in leaves(db, clinic)? {
        db.execute(
            "UPDATE journal SET leaf_hash = ?3 WHERE clinic_id = ?1 AND seq = ?2",
            params![clinic, seq, to_hex(&leaf)],
        )?;
        for node in frontier.push(leaf) {
            let index = i64::try_from(node.id.index)?;
            db.execute(
                "INSERT INTO journal_nodes (clinic_id, level, idx, hash) VALUES (?1, ?2, ?3, ?4)",
                params![clinic, node.id.level, index, to_hex(&node.hash)],
            )?;
        }
    }
    db.execute(
        "UPDATE journal_heads SET frontier = ?2 WHERE clinic_id = ?1",
        params![clinic, frontier.to_text()],
    )?;
    Ok(())
}

/// Leaves as they follow from the entries.
fn leaves(db: &Connection, clinic: &str) -> Result<Vec<(i64, Hash)>> {
    let sql = "SELECT seq, id, type, document_id, at, data FROM journal WHERE clinic_id = ?1 ORDER BY seq";
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([clinic])?;
    let mut leaves = Vec::new();
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let (id, kind): (String, String) = (row.get(1)?, row.get(2)?);
        let document_id: Option<String> = row.get(3)?;
        let data = serde_json::from_str(&row.get::<_, String>(5)?)?;
        let entry = Entry {
            clinic_id: clinic,
            seq: u64::try_from(seq)?,
            id: &id,
            kind: &kind,
            document_id: document_id.as_deref(),
            at: Timestamp::from_unix(row.get(4)?),
            data: &data,
        };
        leaves.push((seq, entry.leaf_hash()));
    }
    Ok(leaves)
}

/// Puts a checkpoint of another key in the place of the last one.
fn forge(db: &Connection, clinic: &str) -> Result<()> {
    let sql =
        "SELECT size, root, note FROM checkpoints WHERE clinic_id = ?1 ORDER BY size DESC LIMIT 1";
    let (size, root, note): (i64, String, String) = db.query_row(sql, [clinic], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    let origin = note.lines().next().context("an empty note")?.to_owned();
    let name = origin
        .strip_suffix(&format!("/{clinic}"))
        .context("origin")?;
    let key = NoteKey::from_seed(name, [1; 32])?;
    let forged = checkpoint::Checkpoint {
        size: u64::try_from(size)?,
        root: from_hex(&root).context("root")?,
        origin: origin.clone(),
    };
    db.execute(
        "UPDATE checkpoints SET note = ?3 WHERE clinic_id = ?1 AND size = ?2",
        params![clinic, size, checkpoint::sign(&forged, &key)],
    )?;
    Ok(())
}
