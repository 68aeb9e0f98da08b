//! The stored tree: frontier and inner nodes.

use crate::db::{Db, DbError, Row, Tx, Value};
use podpis_journal::{Frontier, Hash, Node, NodeId, from_hex, to_hex};
use std::collections::{BTreeSet, HashMap};

/// Leaves that are read at a time when a journal from before there were trees is folded in.
const FOLD: i64 = 2000;

/// Nodes that one statement writes.
const NODES_MAX: usize = 500;

/// What stands of a journal's head.
#[derive(Clone, Debug)]
pub enum Head {
    /// The tree.
    Tree(Frontier),
    /// Entries, but no tree yet: the journal was begun before there were trees.
    Unfolded,
    /// Frontier and entries contradict each other; says how.
    Broken(&'static str),
}

/// The head as it is stored. One statement.
///
/// # Errors
/// As the database says.
pub async fn head(db: &Db, clinic_id: &str) -> Result<Head, DbError> {
    let sql = "SELECT coalesce((SELECT max(seq) FROM journal WHERE clinic_id = ?1), 0), h.size, h.frontier \
               FROM (SELECT 1) AS one LEFT JOIN journal_heads h ON h.clinic_id = ?1";
    let Some(row) = db.first(sql, [clinic_id.into()]).await? else {
        return Ok(Head::Unfolded);
    };
    let entries = row.int(0)?;
    let (Some(size), Some(text)) = (row.opt_int(1)?, row.opt_text(2)?) else {
        return Ok(match entries {
            0 => Head::Tree(Frontier::default()),
            _ => Head::Unfolded,
        });
    };
    if size != entries {
        return Ok(Head::Broken("head and entries are of different length"));
    }
    let frontier = u64::try_from(size)
        .ok()
        .and_then(|size| Frontier::from_text(size, &text));
    Ok(frontier.map_or(Head::Broken("the head cannot be read"), Head::Tree))
}

/// The frontier to append to; folds in a journal that has no tree yet.
pub(super) async fn frontier(tx: &Tx, clinic_id: &str) -> Result<Frontier, DbError> {
    match head(tx, clinic_id).await? {
        Head::Tree(frontier) => Ok(frontier),
        Head::Unfolded => fold(tx, clinic_id).await,
        Head::Broken(how) => Err(DbError::broken_journal(clinic_id, how)),
    }
}

/// Folds in a journal that was begun before there were trees, in a transaction of its own.
///
/// # Errors
/// As the database says; [`DbError::is_broken_journal`] where the entries don't make a tree.
pub async fn fold_in(clinic_id: &str) -> Result<Frontier, DbError> {
    let tx = Db::open().await?.begin().await?;
    let frontier = frontier(&tx, clinic_id).await?;
    tx.commit().await?;
    Ok(frontier)
}

/// Builds the tree of a journal from its stored leaves, once, and stores it.
async fn fold(tx: &Tx, clinic_id: &str) -> Result<Frontier, DbError> {
    let mut frontier = Frontier::default();
    let sql = "SELECT seq, leaf_hash FROM journal WHERE clinic_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    loop {
        let after = integer(frontier.size())?;
        let rows = tx
            .query(sql, [clinic_id.into(), after.into(), FOLD.into()])
            .await?;
        if rows.is_empty() {
            break;
        }
        let mut completed = Vec::new();
        for row in rows {
            let leaf = from_hex(&row.text(1)?).filter(|_| {
                row.int(0)
                    .is_ok_and(|seq| u64::try_from(seq) == Ok(frontier.size() + 1))
            });
            let broken = || DbError::broken_journal(clinic_id, "an entry is missing");
            completed.extend(frontier.push(leaf.ok_or_else(broken)?));
        }
        store_nodes(tx, clinic_id, &completed).await?;
    }
    store_frontier(tx, clinic_id, &frontier).await?;
    Ok(frontier)
}

/// Stores inner nodes; one that is there already means that the journal doesn't add up.
pub(super) async fn store_nodes(tx: &Tx, clinic_id: &str, nodes: &[Node]) -> Result<(), DbError> {
    for part in nodes.chunks(NODES_MAX) {
        let mut values = Vec::with_capacity(part.len());
        for Node { id, hash } in part {
            // Numbers and hex of our own: nothing in it needs to be quoted.
            let (level, index) = (id.level, id.index);
            values.push(format!("(?1, {level}, {index}, '{}')", to_hex(hash)));
        }
        let sql = format!(
            "INSERT INTO journal_nodes (clinic_id, level, idx, hash) VALUES {}",
            values.join(", ")
        );
        let stored = tx.execute(&sql, [clinic_id.into()]).await;
        stored.map_err(|e| match e.is_conflict() {
            true => DbError::broken_journal(clinic_id, "an inner node is there before its leaves"),
            false => e,
        })?;
    }
    Ok(())
}

pub(super) async fn store_frontier(
    tx: &Tx,
    clinic_id: &str,
    frontier: &Frontier,
) -> Result<(), DbError> {
    let sql = "INSERT INTO journal_heads (clinic_id, size, frontier) VALUES (?1, ?2, ?3) \
               ON CONFLICT (clinic_id) DO UPDATE SET size = excluded.size, frontier = excluded.frontier";
    let params: [Value; 3] = [
        clinic_id.into(),
        integer(frontier.size())?.into(),
        frontier.to_text().into(),
    ];
    tx.execute(sql, params).await.map(|_| ())
}

/// Leaves and inner nodes by their places; what isn't there, or isn't a hash, is left out. One statement.
///
/// # Errors
/// As the database says.
pub async fn nodes(
    db: &Db,
    clinic_id: &str,
    ids: impl IntoIterator<Item = NodeId>,
) -> Result<HashMap<NodeId, Hash>, DbError> {
    let (mut leaves, mut inner) = (Vec::new(), Vec::new());
    for NodeId { level, index } in ids.into_iter().collect::<BTreeSet<_>>() {
        match level {
            0 => leaves.push((index + 1).to_string()),
            _ => inner.push(format!("({level}, {index})")),
        }
    }
    let mut parts = Vec::new();
    if !leaves.is_empty() {
        let leaves = leaves.join(", ");
        parts.push(format!(
            "SELECT 0, seq - 1, leaf_hash FROM journal WHERE clinic_id = ?1 AND seq IN ({leaves})"
        ));
    }
    if !inner.is_empty() {
        let inner = inner.join(", ");
        parts.push(format!(
            "SELECT level, idx, hash FROM journal_nodes WHERE clinic_id = ?1 AND (level, idx) IN (VALUES {inner})"
        ));
    }
    if parts.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = db
        .query(&parts.join(" UNION ALL "), [clinic_id.into()])
        .await?;
    rows.iter()
        .filter_map(|row| node(row).transpose())
        .collect()
}

/// Level, index, hash. `None` where they are none.
fn node(row: &Row) -> Result<Option<(NodeId, Hash)>, DbError> {
    let (level, index) = (u32::try_from(row.int(0)?), u64::try_from(row.int(1)?));
    Ok(match (level, index, from_hex(&row.text(2)?)) {
        (Ok(level), Ok(index), Some(hash)) => Some((NodeId { level, index }, hash)),
        _ => None,
    })
}

/// A number as the database has them.
pub(super) fn integer(number: u64) -> Result<i64, DbError> {
    i64::try_from(number).map_err(|_| DbError::corrupt("number"))
}
