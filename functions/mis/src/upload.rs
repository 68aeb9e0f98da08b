//! A file on its way to `vault`, chunk by chunk as it comes.
//!
//! A refusal does not stop the reading: a caller that is still sending would see a broken
//! connection instead of our answer. Past [`DRAIN_MAX`] even that patience ends.

use axum::body::Body;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use futures::channel::mpsc;
use futures::{SinkExt as _, Stream, StreamExt as _};
use podpis_kit::{Context, Failure, Result, neighbour};
use podpis_shared::DOCUMENT_MAX;
use podpis_shared::problem::Code;
use podpis_shared::wire::vault::Stored;
use std::convert::Infallible;

/// How much of an upload is read at all, in bytes.
pub(crate) const DRAIN_MAX: u64 = 128 * 1024 * 1024;

/// Has `vault` inspect and stage a file. A file that was staged comes back beside a failure too: it is to be forgotten.
///
/// # Errors
/// `too_large`, what `vault` says of the file, what `refusal` makes of a broken upload.
pub(crate) async fn to_vault<E>(
    context: &Context,
    chunks: impl Stream<Item = Result<Bytes, E>> + Unpin,
    refusal: impl Fn(E) -> Failure,
) -> (Option<Stored>, Result<()>) {
    let (sender, receiver) = mpsc::channel(2);
    let request = neighbour::request(context, "vault", Method::POST, "/blobs");
    let request = request
        .header(CONTENT_TYPE, "application/pdf")
        .body(Body::from_stream(receiver));
    let (fed, answer) = futures::join!(feed(chunks, sender, refusal), neighbour::send(request));
    // A file that came in part may still have been taken for a whole one.
    let stored = answer.as_ref().ok();
    let stored: Option<Stored> = stored.and_then(|bytes| serde_json::from_slice(bytes).ok());
    let outcome = fed.and(answer.map(drop)).and_then(|()| match &stored {
        Some(_) => Ok(()),
        None => Err(Failure::internal("vault", "unreadable answer")),
    });
    (stored, outcome)
}

/// Forgets a file that nothing will use. What fails here, `deliver` sweeps later.
pub(crate) async fn discard(context: &Context, stored: &Stored) {
    let path = format!("/blobs/{}", stored.blob);
    let _ = neighbour::send(
        neighbour::request(context, "vault", Method::DELETE, &path).body(Body::empty()),
    )
    .await;
}

/// That a file is over the limit.
pub(crate) fn too_large() -> Failure {
    Failure::new(
        Code::TooLarge,
        format!("the file is larger than {DOCUMENT_MAX} bytes"),
    )
}

/// Hands a file on; never holds more than a few chunks.
async fn feed<E>(
    mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin,
    to: mpsc::Sender<Result<Bytes, Infallible>>,
    refusal: impl Fn(E) -> Failure,
) -> Result<()> {
    let (mut size, mut to) = (0_u64, Some(to));
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(&refusal)?;
        size += chunk.len() as u64;
        if size > DRAIN_MAX {
            break;
        }
        if size > DOCUMENT_MAX as u64 {
            to = None;
        }
        if let Some(to) = &mut to {
            // `vault` has hung up when it has seen enough; its answer says why. The rest is only drained.
            let _ = to.send(Ok(chunk)).await;
        }
    }
    match to {
        Some(_) => Ok(()),
        None => Err(too_large()),
    }
}
