//! `cargo xtask journal verify`: the audit of stored journals, from outside and without the product running.
//!
//! It reads the database only, and trusts nothing in it: with `--key` it checks who signed the checkpoints in it, with
//! `--checkpoint` it holds the journals against checkpoints that a clinic has kept.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use podpis_journal::audit::{Auditor, Issued, Problem, Report, Row};
use podpis_journal::{Checkpoint, Hash, NodeId, NoteVerifier, checkpoint, from_hex};
use rusqlite::{Connection, OpenFlags, params};

use crate::ctx::Ctx;

pub(crate) const HELP: &str = "checks the stored journals  verify [--data ./data] [--database FILE]
[--key NAME+ID+KEY]… checks signatures; [--checkpoint FILE]… compares with kept checkpoints";

/// Entries that are read at a time.
const SLICE: usize = 10_000;

pub(crate) fn run(ctx: &Ctx, mut args: lexopt::Parser) -> Result<()> {
    use lexopt::ValueExt as _;
    let mut database = ctx.root.join("data/db/sqlite_db.db");
    let (mut keys, mut kept, mut verify) = (Vec::new(), Vec::new(), false);
    while let Some(arg) = args.next()? {
        match arg {
            lexopt::Arg::Value(value) if value == "verify" => verify = true,
            lexopt::Arg::Long("data") => {
                database = PathBuf::from(args.value()?).join("db/sqlite_db.db");
            }
            lexopt::Arg::Long("database") => database = args.value()?.into(),
            lexopt::Arg::Long("key") => {
                let key = args.value()?.string()?;
                keys.push(NoteVerifier::parse(&key).with_context(|| key.clone())?);
            }
            lexopt::Arg::Long("checkpoint") => kept.push(PathBuf::from(args.value()?)),
            other => return Err(other.unexpected().into()),
        }
    }
    if !verify {
        bail!("say `cargo xtask journal verify`; see `cargo xtask --help`");
    }
    let keys = (!keys.is_empty()).then_some(keys);
    let kept = kept
        .iter()
        .map(|file| read_kept(file, keys.as_deref()))
        .collect::<Result<Vec<_>>>()?;
    let problems = audit_all(&database, keys.as_deref(), &kept)?;
    if keys.is_none() {
        println!("signatures of checkpoints were not checked: no --key");
    }
    if problems > 0 {
        bail!("{problems} problems");
    }
    Ok(())
}

/// A checkpoint that a clinic kept, and the file's name.
struct Kept {
    name: String,
    checkpoint: Checkpoint,
}

fn read_kept(file: &Path, keys: Option<&[NoteVerifier]>) -> Result<Kept> {
    let name = file.display().to_string();
    let note = fs::read_to_string(file).with_context(|| name.clone())?;
    let checkpoint = match keys {
        Some(keys) => checkpoint::open(&note, keys).with_context(|| name.clone())?,
        None => Checkpoint::unverified(&note).with_context(|| format!("{name}: no checkpoint"))?,
    };
    Ok(Kept { name, checkpoint })
}

/// Audits every clinic and prints what it finds; gives the number of problems.
fn audit_all(database: &Path, keys: Option<&[NoteVerifier]>, kept: &[Kept]) -> Result<u64> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(database, flags)
        .with_context(|| format!("opening {}", database.display()))?;
    // One state of the database for everything that follows.
    db.execute_batch("BEGIN")?;
    let clinics: Vec<(String, String)> = db
        .prepare("SELECT id, name FROM clinics ORDER BY id")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut total = 0;
    for (clinic, name) in &clinics {
        let suffix = format!("/{clinic}");
        let of_clinic = kept
            .iter()
            .filter(|kept| kept.checkpoint.origin.ends_with(&suffix));
        let (report, differing) = audit(&db, clinic, keys, &of_clinic.collect::<Vec<_>>())?;
        let count = report.problems.len() as u64 + report.more + differing.len() as u64;
        let verdict = if count == 0 { "ok" } else { "BROKEN" };
        println!("{clinic} ({name}): {} entries, {verdict}", report.size);
        for Problem { kind, text, .. } in &report.problems {
            println!("  {}: {text}", kind.as_str());
        }
        if report.more > 0 {
            println!("  and {} more", report.more);
        }
        for text in differing {
            println!("  kept_checkpoint: {text}");
        }
        total += count;
    }
    for kept in kept {
        let of = |(clinic, _): &&(String, String)| {
            kept.checkpoint.origin.ends_with(&format!("/{clinic}"))
        };
        if !clinics.iter().any(|clinic| of(&clinic)) {
            println!("{}: no journal {}", kept.name, kept.checkpoint.origin);
            total += 1;
        }
    }
    Ok(total)
}

/// One journal from its first entry on; and which kept checkpoints it isn't the continuation of.
fn audit(
    db: &Connection,
    clinic: &str,
    keys: Option<&[NoteVerifier]>,
    kept: &[&Kept],
) -> Result<(Report, Vec<String>)> {
    let mut auditor = Auditor::new(clinic);
    let mut differing = Vec::new();
    let mut sizes: Vec<u64> = kept.iter().map(|kept| kept.checkpoint.size).collect();
    sizes.sort_unstable();
    loop {
        let before = auditor.size();
        // A slice ends where a kept checkpoint does, so that the root at that size is seen.
        let next = sizes.iter().find(|size| **size > before);
        let limit = next.map_or(SLICE, |size| {
            usize::try_from(size - before).unwrap_or(SLICE).min(SLICE)
        });
        let rows = rows(db, clinic, before, limit)?;
        let last = rows.last().map_or(i64::try_from(before)?, |row| row.seq);
        let from = i64::try_from(before)? + i64::from(before > 0);
        let nodes = nodes(db, clinic, &auditor, last)?;
        auditor.slice(&rows, &nodes, &issued(db, clinic, from, last)?, keys);
        for kept in kept.iter().filter(|kept| {
            kept.checkpoint.size == auditor.size() && (before < auditor.size() || before == 0)
        }) {
            if auditor.root() != Some(kept.checkpoint.root) {
                differing.push(format!(
                    "{}: {} entries had another root",
                    kept.name, kept.checkpoint.size
                ));
            }
        }
        if auditor.stopped() || auditor.size() == before {
            break;
        }
    }
    let longer = kept
        .iter()
        .filter(|kept| kept.checkpoint.size > auditor.size());
    differing.extend(
        longer.map(|kept| format!("{}: there were {} entries", kept.name, kept.checkpoint.size)),
    );
    let later = issued(db, clinic, i64::try_from(auditor.size())? + 1, i64::MAX)?;
    let head = db
        .prepare("SELECT size, frontier FROM journal_heads WHERE clinic_id = ?1")?
        .query_map([clinic], |row| Ok((row.get(0)?, row.get(1)?)))?
        .next()
        .transpose()?;
    let head: Option<(i64, String)> = head;
    let count = "SELECT count(*) FROM journal_nodes WHERE clinic_id = ?1";
    let count: i64 = db.query_row(count, [clinic], |row| row.get(0))?;
    let head = head.as_ref().map(|(size, text)| (*size, text.as_str()));
    let report = auditor.finish(head, &later, u64::try_from(count).ok(), keys);
    Ok((report, differing))
}

fn rows(db: &Connection, clinic: &str, after: u64, limit: usize) -> Result<Vec<Row>> {
    let sql = "SELECT seq, id, type, public, document_id, at, data, leaf_hash FROM journal \
               WHERE clinic_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    // What has no possible number comes first, with the beginning.
    let after = match after {
        0 => i64::MIN,
        _ => i64::try_from(after)?,
    };
    let limit = i64::try_from(limit)?;
    let of = |row: &rusqlite::Row<'_>| {
        Ok(Row {
            seq: row.get(0)?,
            id: row.get(1)?,
            kind: row.get(2)?,
            public: row.get::<_, i64>(3)? == 1,
            document_id: row.get(4)?,
            at: row.get(5)?,
            data: row.get(6)?,
            leaf_hash: row.get(7)?,
        })
    };
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![clinic, after, limit], of)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn issued(db: &Connection, clinic: &str, from: i64, to: i64) -> Result<Vec<Issued>> {
    let sql = "SELECT size, root, note FROM checkpoints WHERE clinic_id = ?1 AND size >= ?2 AND size <= ?3 ORDER BY size";
    let of = |row: &rusqlite::Row<'_>| {
        Ok(Issued {
            size: row.get(0)?,
            root: row.get(1)?,
            note: row.get(2)?,
        })
    };
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![clinic, from, to], of)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn nodes(
    db: &Connection,
    clinic: &str,
    auditor: &Auditor,
    last: i64,
) -> Result<HashMap<NodeId, Hash>> {
    let sql = "SELECT idx, hash FROM journal_nodes WHERE clinic_id = ?1 AND level = ?2 AND idx >= ?3 AND idx < ?4";
    let mut statement = db.prepare_cached(sql)?;
    let mut nodes = HashMap::new();
    for range in auditor.ranges(last) {
        let (from, to) = (i64::try_from(range.from)?, i64::try_from(range.to)?);
        let found = statement.query_map(params![clinic, range.level, from, to], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })?;
        for row in found {
            let (index, hash) = row?;
            if let (Ok(index), Some(hash)) = (u64::try_from(index), from_hex(&hash)) {
                let level = range.level;
                nodes.insert(NodeId { level, index }, hash);
            }
        }
    }
    Ok(nodes)
}
