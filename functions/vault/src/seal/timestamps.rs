//! Time stamps that come later: a seal made while the authority did not answer gets a document time stamp
//! as a further revision (ETSI EN 319 142-1, 5.4.3). The sealed bytes stay as they are before it.

use super::Level;
use super::tsa::{TOKEN_MAX, Tsa};
use crate::db;
use axum::http::StatusCode;
use axum::response::Response;
use podpis_kit::at_rest::Keys;
use podpis_kit::store::blobs::{self, Content};
use podpis_kit::store::{Document, Event, clinic_signatures, documents, journal};
use podpis_kit::{Db, Failure, Result, http, now, random};
use podpis_shared::wire::vault::Stored;
use podpis_shared::{Hashes, Timestamp};
use serde_json::json;

/// Documents that one tick takes.
const JOBS_MAX: i64 = 5;

/// Longest pause between tries, in seconds.
const PAUSE_MAX: i64 = 3600;

/// `POST /timestamps`, ticked: adds the time stamps that are due.
pub(crate) async fn tick() -> Result<Response> {
    let mut added = 0;
    if let Some(tsa) = Tsa::configured().await? {
        let due = db::due_timestamps(&Db::open().await?, now(), JOBS_MAX).await?;
        for (document, attempts) in due {
            // Taken for a while: another tick goes past it.
            let again = now().plus((30 << attempts.min(7)).min(PAUSE_MAX));
            if !db::lease_timestamp(&Db::open().await?, &document, attempts, again).await? {
                continue;
            }
            match add(&tsa, &document).await {
                Ok(done) => added += u32::from(done),
                Err(why) => eprintln!("error at tsa: {why}"),
            }
        }
    }
    http::json(StatusCode::OK, &json!({ "added": added }))
}

/// `false` where the document does not need it any more.
async fn add(tsa: &Tsa, id: &str) -> Result<bool, String> {
    let text = |e: &dyn std::fmt::Display| e.to_string();
    let db = Db::open().await.map_err(|e| text(&e))?;
    let document = documents::find(&db, id).await.map_err(|e| text(&e))?;
    let Some((document, blob)) =
        document.and_then(|document| Some((document.clone(), document.signed_blob?)))
    else {
        return Err(format!("{id} has a job but no signed file"));
    };
    if clinic_signatures::any(&db, id)
        .await
        .map_err(|e| text(&e))?
    {
        // The clinic signed these very bytes: they are final.
        db::end_timestamp(&db, id).await.map_err(|e| text(&e))?;
        return Ok(false);
    }
    let sealed = blobs::find(&db, &blob)
        .await
        .map_err(|e| format!("{e:?}"))?
        .ok_or_else(|| format!("the signed file of {id} is gone"))?;
    drop(db);
    let unstamped = podpis_pdf::append_timestamp(&sealed, TOKEN_MAX).map_err(|e| text(&e))?;
    drop(sealed);
    let token = tsa.stamp(&unstamped.content_sha256()).await?;
    let pdf = unstamped.embed(&token).map_err(|e| text(&e))?;
    commit(&document, &blob, pdf)
        .await
        .map_err(|e| format!("{e:?}"))
}

/// One step: the newer file takes the place of the one that it starts with.
async fn commit(document: &Document, earlier: &str, pdf: Vec<u8>) -> Result<bool> {
    let at = now();
    let stored = Stored {
        blob: random::id("blob")?,
        hashes: Hashes::of(&pdf),
        size: pdf.len() as u64,
        pages: document.pages,
    };
    let db = Db::open().await?;
    let content = Content::sealed(&Keys::load(&db).await?, &stored, pdf)?;
    let tx = db.begin().await?;
    blobs::insert(&tx, &stored, content, at).await?;
    if !db::replace_signed_blob(&tx, &document.id, earlier, &stored.blob).await? {
        return Ok(false);
    }
    record(&tx, document, &stored, at).await?;
    tx.commit().await?;
    Ok(true)
}

async fn record(
    tx: &podpis_kit::Tx,
    document: &Document,
    stored: &Stored,
    at: Timestamp,
) -> Result<(), Failure> {
    let level = Level::Timestamped.as_str();
    db::insert_signed_revision(tx, document, &stored.blob, level, at).await?;
    db::set_level(tx, &document.id, level).await?;
    db::end_timestamp(tx, &document.id).await?;
    journal::append(
        tx,
        &document.clinic_id,
        Some(&document.id),
        Event::SealTimestamped,
        at,
        json!({ "signed_sha256": stored.hashes.sha256, "level": level }),
    )
    .await?;
    Ok(())
}
