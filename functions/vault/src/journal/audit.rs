//! The audit of all journals, in slices: what changes is looked at with the next tick, everything once a day.
//!
//! What an incremental pass can't see is a change to entries that an earlier pass has looked at: that is found by the next
//! full pass. `docs/journal.md` says what no audit of the database alone can see.

use super::db::{self, Audit};
use crate::{keys, settings};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use podpis_journal::NoteVerifier;
use podpis_journal::audit::{Auditor, Kind, Report};
use podpis_kit::store::journal as store;
use podpis_kit::{Db, Failure, Result, http, now};
use podpis_shared::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

/// Entries that are read at a time.
const SLICE: i64 = 1000;

/// Work of one tick: an entry counts one, a checkpoint with its signature [`CHECKPOINT_COST`].
const TICK_WORK: u64 = 20_000;

/// Work of one audit on request.
const FULL_WORK: u64 = 50_000;

/// What checking a checkpoint's signature costs, in entries.
const CHECKPOINT_COST: u64 = 20;

/// Journals that one call looks at, at most.
const JOURNALS_MAX: i64 = 1000;

/// Broken journals that an answer lists.
const BROKEN_MAX: i64 = 100;

/// How old the last full pass may grow, in seconds: a day.
const DAILY: i64 = 86_400;

/// When a journal that was found broken is looked at again, in seconds.
const RETRY: i64 = 600;

/// What is to be audited.
#[derive(Deserialize)]
pub(crate) struct What {
    /// Everything from the first entry on, not only what is due.
    full: Option<bool>,
}

/// `POST /journal/audit`: does what is due, or with `?full=true` everything; gives totals and what was found.
///
/// `complete` says whether all that was asked for is done; where not, the next call goes on.
pub(crate) async fn run(Query(what): Query<What>) -> Result<Response> {
    let db = Db::open().await?;
    let full = what.full.unwrap_or(false);
    let start = now();
    let audits = if full {
        db::by_age(&db, start, JOURNALS_MAX).await?
    } else {
        db::due(&db, start.plus(-DAILY), start.plus(-RETRY), JOURNALS_MAX).await?
    };
    let mut complete = i64::try_from(audits.len()).is_ok_and(|count| count < JOURNALS_MAX);
    if !audits.is_empty() {
        let verifiers = verifiers(&db).await?;
        let mut work = if full { FULL_WORK } else { TICK_WORK };
        for audit in audits {
            complete &= work > 0 && pass(&db, audit, full, verifiers.as_deref(), &mut work).await?;
        }
    }
    let totals = store::totals(&db, now()).await?;
    let broken = match totals.broken {
        0 => Vec::new(),
        _ => db::broken(&db, BROKEN_MAX).await?,
    };
    let answer = json!({
        "state": totals.state(), "complete": complete, "clinics": totals.clinics, "entries": totals.entries,
        "clinics_broken": totals.broken, "clinics_unchecked": totals.unchecked, "checked_at": totals.checked_at,
        "items": broken.iter().map(describe).collect::<Vec<_>>(),
    });
    http::json(StatusCode::OK, &answer)
}

/// `GET /journal/{clinic}/audit`: the last outcome.
pub(crate) async fn state(Path(clinic): Path<String>) -> Result<Response> {
    let audit = db::audit(&Db::open().await?, &clinic)
        .await?
        .ok_or_else(Failure::not_found)?;
    http::json(StatusCode::OK, &describe(&audit))
}

/// Goes on with a pass or begins one. Gives whether it has ended, with its outcome stored.
async fn pass(
    db: &Db,
    mut audit: Audit,
    full: bool,
    verifiers: Option<&[NoteVerifier]>,
    work: &mut u64,
) -> Result<bool> {
    let clinic = audit.clinic_id.clone();
    let whole = full || audit.state.as_deref() != Some("ok") || is_old(&audit);
    let kept = serde_json::from_str::<Auditor>(&audit.auditor).ok();
    let (mut running, mut auditor, mut first) = match (audit.running, kept) {
        (running @ 1..=2, Some(auditor)) if running == 2 || !full => (running, auditor, false),
        (0, Some(auditor)) if !whole => (1, auditor, true),
        _ => (2, Auditor::new(&clinic), true),
    };
    if audit.full_at.is_none() && auditor.size() == 0 {
        fold_in(db, &clinic).await?;
    }
    loop {
        let before = auditor.size();
        let rows = db::rows(db, &clinic, before, SLICE).await?;
        let last = rows
            .last()
            .map_or(i64::try_from(before).unwrap_or(i64::MAX), |row| row.seq);
        if first || !rows.is_empty() {
            let nodes = db::nodes(db, &clinic, &auditor.ranges(last)).await?;
            // The checkpoint of the size that an earlier slice ended with has been looked at with it.
            let from = before + u64::from(!first);
            let issued = db::issued(db, &clinic, from, last).await?;
            auditor.slice(&rows, &nodes, &issued, verifiers);
            let done = rows.len() as u64 + CHECKPOINT_COST * issued.len() as u64;
            *work = work.saturating_sub(done);
            first = false;
        }
        if auditor.stopped() || auditor.size() == before {
            // First the checkpoints, then the end: what was issued before is not of more entries than there are now.
            let later = db::issued(db, &clinic, before + 1, i64::MAX).await?;
            let (entries, head) = db::end(db, &clinic).await?;
            if !auditor.stopped()
                && rows.is_empty()
                && u64::try_from(entries).is_ok_and(|entries| entries > before)
            {
                continue;
            }
            if running == 1 && u64::try_from(entries).is_ok_and(|entries| entries < before) {
                // Cut off since: the whole journal tells where.
                (running, auditor, first) = (2, Auditor::new(&clinic), true);
                continue;
            }
            let nodes = match running {
                2 => Some(db::node_count(db, &clinic).await?),
                _ => None,
            };
            let head = head.as_ref().map(|(size, text)| (*size, text.as_str()));
            let report = auditor.finish(head, &later, nodes, verifiers);
            keep(db, audit, &auditor, report, running == 2).await?;
            return Ok(true);
        }
        if *work == 0 {
            audit.running = running;
            audit.auditor = text(&auditor)?;
            db::keep_progress(db, &audit).await?;
            return Ok(false);
        }
    }
}

async fn keep(
    db: &Db,
    mut audit: Audit,
    auditor: &Auditor,
    report: Report,
    whole: bool,
) -> Result<()> {
    let at = now();
    let mut problems: Vec<Value> = report.problems.iter().map(|p| json!(p)).collect();
    let size = i64::try_from(report.size).unwrap_or(i64::MAX);
    if size < audit.size {
        let text = format!(
            "an earlier audit saw {} entries, there are {size}",
            audit.size
        );
        problems.push(json!({ "kind": Kind::Truncated, "seq": size, "text": text }));
    }
    if report.more > 0 {
        problems
            .push(json!({ "kind": "more", "seq": 0, "text": format!("and {} more", report.more) }));
    }
    for problem in &problems {
        let (kind, text) = (&problem["kind"], &problem["text"]);
        eprintln!("error at journal of {}: {kind}: {text}", audit.clinic_id);
    }
    let state = if problems.is_empty() { "ok" } else { "broken" };
    audit.state = Some(state.to_owned());
    audit.problems = Value::from(problems).to_string();
    audit.size = size.max(audit.size);
    audit.checked_at = Some(at.unix());
    audit.auditor = text(auditor)?;
    if whole {
        audit.full_at = Some(at.unix());
    }
    Ok(db::keep_outcome(db, &audit, &report.frontier).await?)
}

/// A journal from before there were trees gets its tree; one that has lost it doesn't.
async fn fold_in(db: &Db, clinic: &str) -> Result<()> {
    let unfolded = matches!(store::head(db, clinic).await?, store::Head::Unfolded);
    if unfolded && db::node_count(db, clinic).await? == 0 {
        match store::fold_in(clinic).await {
            // The audit says what is wrong with it.
            Err(e) if e.is_broken_journal() => {}
            folded => drop(folded?),
        }
    }
    Ok(())
}

/// Who may have signed checkpoints. `None` where no key is configured: signatures stay unchecked then.
async fn verifiers(db: &Db) -> Result<Option<Vec<NoteVerifier>>> {
    let Ok(key) = keys::journal(db).await else {
        return Ok(None);
    };
    let retired = settings::retired().await?;
    let retired = retired.iter().flat_map(|more| &more.journal_keys);
    let mut all = vec![key.verifier()];
    for vkey in retired {
        let parsed = NoteVerifier::parse(vkey);
        all.push(parsed.map_err(|e| Failure::internal("trust_more", e.to_string()))?);
    }
    Ok(Some(all))
}

fn is_old(audit: &Audit) -> bool {
    let before = now().plus(-DAILY).unix();
    audit.full_at.is_none_or(|at| at < before)
}

fn text(auditor: &Auditor) -> Result<String> {
    serde_json::to_string(auditor).map_err(|e| Failure::internal("audit", e.to_string()))
}

fn describe(audit: &Audit) -> Value {
    json!({
        "clinic_id": audit.clinic_id, "name": audit.clinic, "size": audit.size,
        "state": audit.state.as_deref().unwrap_or("unchecked"),
        "checked_at": audit.checked_at.map(Timestamp::from_unix),
        "full_at": audit.full_at.map(Timestamp::from_unix),
        "problems": serde_json::from_str(&audit.problems).unwrap_or_else(|_| json!([])),
    })
}
