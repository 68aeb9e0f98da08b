//! The journal's signed heads and proofs (`docs/journal.md`).
//!
//! A checkpoint is signed only where it continues the one that was issued last: two that contradict each other
//! never leave this function, whatever happened to the database between.

mod audit;
mod db;

pub(crate) use audit::{run as audit, state as audit_state};

use crate::keys;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use podpis_evidence::{Entry, Journal};
use podpis_journal::checkpoint::{self, Checkpoint};
use podpis_journal::{
    Frontier, Hash, Plan, assemble, consistency_plan, from_hex, inclusion_plan, to_hex,
    verify_consistency, verify_inclusion,
};
use podpis_kit::db::DbError;
use podpis_kit::store::journal::{self as store, Head};
use podpis_kit::store::{Document, documents};
use podpis_kit::{Db, Failure, Result, http, now};
use podpis_shared::problem::Code;
use serde::Deserialize;
use serde_json::{Value, json};

/// Between which sizes consistency is to be shown.
#[derive(Deserialize)]
pub(crate) struct Sizes {
    from: u64,
    to: Option<u64>,
}

/// A checkpoint and its note.
struct Signed {
    checkpoint: Checkpoint,
    note: String,
    vkey: String,
}

/// `GET /journal/{clinic}/checkpoint`: the present head, signed.
///
/// # Errors
/// `journal_broken` where it doesn't continue what was issued before; nothing is signed then.
pub(crate) async fn head(Path(clinic): Path<String>) -> Result<Response> {
    let signed = sign(&Db::open().await?, &clinic).await?;
    http::json(StatusCode::OK, &describe(&signed))
}

/// `GET /documents/{id}/proof`: the document's entries, each with its proof under the present head.
///
/// # Errors
/// As [`head`].
pub(crate) async fn proof(Path(id): Path<String>) -> Result<Response> {
    let db = Db::open().await?;
    let document = documents::find(&db, &id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let (signed, entries) = prove(&db, &document).await?;
    let mut answer = describe(&signed);
    answer["document_id"] = id.into();
    answer["entries"] =
        serde_json::to_value(entries).map_err(|e| Failure::internal("proof", e.to_string()))?;
    http::json(StatusCode::OK, &answer)
}

/// `GET /journal/{clinic}/consistency?from=&to=`: that the first entries of the larger tree are the smaller one.
///
/// # Errors
/// `bad_request` where the journal has no such sizes, else as [`head`].
pub(crate) async fn consistency(
    Path(clinic): Path<String>,
    Query(sizes): Query<Sizes>,
) -> Result<Response> {
    let db = Db::open().await?;
    let signed = sign(&db, &clinic).await?;
    let to = sizes.to.unwrap_or(signed.checkpoint.size);
    let plan = consistency_plan(sizes.from, to).filter(|_| to <= signed.checkpoint.size);
    let plan = plan.ok_or_else(|| {
        let size = signed.checkpoint.size;
        let detail = format!("from is at most to, and to at most the journal's size, {size}");
        Failure::new(Code::BadRequest, detail)
    })?;
    let proof: Vec<String> = read(&db, &clinic, &plan)
        .await?
        .iter()
        .map(to_hex)
        .collect();
    let mut answer = describe(&signed);
    answer["from"] = sizes.from.into();
    answer["to"] = to.into();
    answer["proof"] = proof.into();
    http::json(StatusCode::OK, &answer)
}

/// The document's entries with their proofs under the present head: its part of the evidence.
///
/// # Errors
/// As [`head`].
pub(crate) async fn proofs(db: &Db, document: &Document) -> Result<Journal> {
    let (signed, entries) = prove(db, document).await?;
    Ok(Journal {
        checkpoint: signed.note,
        entries,
    })
}

async fn prove(db: &Db, document: &Document) -> Result<(Signed, Vec<Entry>)> {
    let clinic = &document.clinic_id;
    // First the entries, then the head: so the head covers all of them.
    let rows = db::entries(db, &document.id, clinic).await?;
    let signed = sign(db, clinic).await?;
    let Checkpoint { size, root, .. } = signed.checkpoint;
    let broken = || DbError::broken_journal(clinic, "a document's entry is not in the tree").into();
    let mut plans = Vec::with_capacity(rows.len());
    for row in &rows {
        let index = u64::try_from(row.seq)
            .ok()
            .and_then(|seq| seq.checked_sub(1));
        let plan = index.and_then(|index| inclusion_plan(index, size).map(|plan| (index, plan)));
        plans.push(plan.ok_or_else(broken)?);
    }
    let ids = plans.iter().flat_map(|(_, plan)| plan.nodes());
    let nodes = store::nodes(db, clinic, ids).await?;
    let mut entries = Vec::with_capacity(rows.len());
    for (row, (index, plan)) in rows.into_iter().zip(&plans) {
        let (entry, leaf) = row.leaf(clinic).ok_or_else(broken)?;
        let proof = assemble(plan, |id| nodes.get(&id).copied()).ok_or_else(broken)?;
        // What doesn't hold isn't handed out.
        if to_hex(&leaf) != row.leaf_hash || !verify_inclusion(&leaf, *index, size, &proof, &root) {
            return Err(broken());
        }
        entries.push(Entry {
            seq: row.seq,
            entry,
            leaf_hash: row.leaf_hash,
            proof: proof.iter().map(to_hex).collect(),
        });
    }
    Ok((signed, entries))
}

/// Signs the present head and keeps it as issued. The same head gives the same note.
async fn sign(db: &Db, clinic: &str) -> Result<Signed> {
    // First what was issued, then the head: sizes only grow, so the head is at least as large.
    let last = db::last_issued(db, clinic).await?;
    let frontier = frontier(db, clinic).await?;
    let (size, root) = (frontier.size(), frontier.root());
    if let Some((issued, text)) = &last {
        let proof = match consistency_plan(*issued, size) {
            Some(plan) => read(db, clinic, &plan).await?,
            None => return Err(broken(clinic, "a longer checkpoint was issued before")),
        };
        let continues = |old: Hash| verify_consistency(*issued, size, &old, &root, &proof);
        if !from_hex(text).is_some_and(continues) {
            return Err(broken(
                clinic,
                "the head does not continue the last checkpoint",
            ));
        }
    }
    let key = keys::journal(db).await?;
    let checkpoint = Checkpoint {
        origin: format!("{}/{clinic}", key.name()),
        size,
        root,
    };
    let note = checkpoint::sign(&checkpoint, &key);
    if last.is_none_or(|(issued, _)| issued != size) {
        db::keep_issued(db, clinic, &checkpoint, &note, now()).await?;
    }
    let vkey = key.verifier().to_text();
    Ok(Signed {
        checkpoint,
        note,
        vkey,
    })
}

async fn frontier(db: &Db, clinic: &str) -> Result<Frontier> {
    match store::head(db, clinic).await? {
        Head::Tree(frontier) => Ok(frontier),
        Head::Unfolded => Ok(store::fold_in(clinic).await?),
        Head::Broken(how) => Err(broken(clinic, how)),
    }
}

async fn read(db: &Db, clinic: &str, plan: &Plan) -> Result<Vec<Hash>> {
    let nodes = store::nodes(db, clinic, plan.nodes()).await?;
    assemble(plan, |id| nodes.get(&id).copied())
        .ok_or_else(|| broken(clinic, "an inner node is missing"))
}

fn describe(signed: &Signed) -> Value {
    let Checkpoint { origin, size, root } = &signed.checkpoint;
    json!({
        "checkpoint": signed.note, "origin": origin, "size": size, "root": to_hex(root), "key": signed.vkey,
    })
}

fn broken(clinic: &str, how: &str) -> Failure {
    DbError::broken_journal(clinic, how).into()
}
