//! `GET /api/v1/export`: everything of the clinic as an archive (`docs/export.md`).
//!
//! One answer is one part: as many documents as a request may take time and memory for. The header `Podpis-Next` and
//! the manifest say where the next part begins.

mod contents;
mod index;

use crate::answer::{Sent, form};
use crate::archive::{Archive, Sender};
use crate::auth::{Clinic, Session};
use crate::db::{self, Exported};
use axum::BoxError;
use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use contents::Part;
use futures::channel::mpsc;
use futures::{StreamExt as _, future, stream};
use podpis_kit::extract::Query;
use podpis_kit::{Context, Db, Failure, Result, now, vars};
use podpis_shared::problem::Code;
use serde::Deserialize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where the next part begins; absent with the last part.
const NEXT: HeaderName = HeaderName::from_static("podpis-next");

/// Documents of a part.
const DOCUMENTS_MAX: i64 = 1000;

/// PDFs of a part, in bytes; one document may exceed it alone.
const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Entries of the journal in a part.
const ENTRIES_MAX: i64 = 50_000;

/// Parts that one instance sends at the same time: each holds a file in memory.
const EXPORTS_MAX: usize = 4;

static EXPORTS: AtomicUsize = AtomicUsize::new(0);

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ExportQuery {
    /// `Podpis-Next` of the part before.
    after: Option<String>,
    /// Documents of a part at most; 256 MiB of files bound it as well.
    #[cfg_attr(test, schemars(with = "Option<i64>", range(min = 1, max = DOCUMENTS_MAX), extend("default" = DOCUMENTS_MAX)))]
    limit: Option<String>,
}

/// One part of the clinic's archive.
///
/// # Errors
/// `bad_request` for a cursor that is none of ours or a limit outside of 1 to [`DOCUMENTS_MAX`], `unavailable` while
/// this instance sends [`EXPORTS_MAX`] already. What fails later cuts the answer: such an archive has no end.
pub(crate) async fn read(
    Session { clinic, db }: Session,
    context: Context,
    headers: HeaderMap,
    Query(query): Query<ExportQuery>,
) -> Result<Sent<form::Zip>> {
    let after = query.after.as_deref().map(Cursor::parse).transpose()?;
    let limit = limit(query.limit.as_deref())?;
    let place = Place::take()?;
    let base_url = vars::base_url(&headers).await?;
    let part = plan(
        db,
        clinic,
        context,
        after.unwrap_or_default(),
        limit,
        base_url,
    )
    .await?;

    let mut response = Response::default();
    let name = part.file_name(query.after.as_deref());
    let disposition = format!("attachment; filename=\"{name}\"");
    let text = |text: &str| {
        HeaderValue::from_str(text).map_err(|e| Failure::internal("export", e.to_string()))
    };
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    response
        .headers_mut()
        .insert(CONTENT_DISPOSITION, text(&disposition)?);
    if let Some(next) = &part.next {
        response.headers_mut().insert(NEXT, text(next)?);
    }
    let (to, chunks) = mpsc::channel(1);
    let ended = stream::once(write(part, to, place)).filter_map(future::ready);
    *response.body_mut() = Body::from_stream(stream::select(chunks, ended));
    Ok(response.into())
}

/// Writes a part; gives what cuts the answer, if something does.
async fn write(part: Part, to: Sender, _place: Place) -> Option<Result<bytes::Bytes, BoxError>> {
    let failure = part.write(Archive::new(part.at, to)).await.err()?;
    // It is too late for an answer, but the log takes it.
    drop(failure.into_response());
    Some(Err("the export failed".into()))
}

/// Decides what a part holds, before its first byte.
async fn plan(
    db: Db,
    clinic: Clinic,
    context: Context,
    after: Cursor,
    limit: i64,
    base_url: String,
) -> Result<Part> {
    let found = db::documents_to_export(&db, &clinic.id, after.document, limit + 1).await?;
    let (documents, more) = fitting(found, limit);
    let last = documents
        .last()
        .map_or(after.document, |document| document.position);
    let mut part = Part {
        at: now(),
        trust: contents::trust(&context).await?,
        documents: documents.into_iter().map(|document| document.id).collect(),
        journal: None,
        next: more.then(|| {
            Cursor {
                document: last,
                entry: after.entry,
            }
            .to_text()
        }),
        clinic,
        context,
        base_url,
    };
    if !more {
        // The journal comes when all documents have come, so that it covers them.
        let mut journal = contents::journal(&db, &part, after.entry).await?;
        if journal.to.saturating_sub(after.entry) > ENTRIES_MAX {
            journal.to = after.entry + ENTRIES_MAX;
            part.next = Some(
                Cursor {
                    document: last,
                    entry: journal.to,
                }
                .to_text(),
            );
        }
        part.journal = Some(journal);
    }
    Ok(part)
}

/// The documents that one part takes, and whether some are left.
fn fitting(found: Vec<Exported>, limit: i64) -> (Vec<Exported>, bool) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let (count, mut bytes, mut taken) = (found.len(), 0, Vec::new());
    for document in found {
        bytes += document.size;
        if taken.len() == limit || (bytes > BYTES_MAX && !taken.is_empty()) {
            break;
        }
        taken.push(document);
    }
    let more = taken.len() < count;
    (taken, more)
}

fn limit(text: Option<&str>) -> Result<i64> {
    let Some(text) = text else {
        return Ok(DOCUMENTS_MAX);
    };
    let limit = text
        .parse()
        .ok()
        .filter(|limit| (1..=DOCUMENTS_MAX).contains(limit));
    let detail = format!("limit is a number from 1 to {DOCUMENTS_MAX}");
    limit.ok_or_else(|| Failure::new(Code::BadRequest, detail))
}

/// How far an export has come: position of the last document, and number of the last entry of the journal.
#[derive(Clone, Copy, Default)]
struct Cursor {
    document: i64,
    entry: i64,
}

impl Cursor {
    fn parse(text: &str) -> Result<Self> {
        let number = |text: &str| text.parse().ok().filter(|number| *number >= 0);
        let (document, entry) = text.split_once('.').unwrap_or((text, "0"));
        let cursor = number(document).zip(number(entry));
        let (document, entry) =
            cursor.ok_or_else(|| Failure::new(Code::BadRequest, "after is not a cursor"))?;
        Ok(Self { document, entry })
    }

    fn to_text(self) -> String {
        match self.entry {
            0 => self.document.to_string(),
            entry => format!("{}.{entry}", self.document),
        }
    }
}

/// A place among the exports of this instance; given back when dropped.
struct Place;

impl Place {
    fn take() -> Result<Self> {
        let place = Self;
        if EXPORTS.fetch_add(1, Ordering::Relaxed) < EXPORTS_MAX {
            Ok(place)
        } else {
            Err(Failure::busy())
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        EXPORTS.fetch_sub(1, Ordering::Relaxed);
    }
}
