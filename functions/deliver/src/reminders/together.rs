//! Notices of which one stands for all documents of a package (`docs/packages.md`).
//!
//! Each document has plans of its own; whichever comes due first tells of all that are still open then, and takes the plans of the
//! others that it stands for, in the same transaction. So a message goes out once, whoever else ticks or crashes, and a document
//! that is signed meanwhile is neither counted nor waited for.

use super::Due;
use podpis_kit::store::notices::{self, Notice};
use podpis_kit::store::planned::{self, Kind};
use podpis_kit::store::{Document, packages};
use podpis_kit::{Result, Tx};
use podpis_shared::Status;

/// A reminder before the end of what is open of the package.
pub(super) async fn deadline(tx: &Tx, due: Due<'_>) -> Result<()> {
    let open = packages::open(tx, &due.document.id, due.now).await?;
    if open.len() < 2 {
        let about = due.about(Notice::Deadline, due.document);
        notices::queue(tx, about, due.now).await?;
        return Ok(());
    }
    // How many there are is counted when it goes out, so the night is waited for here, not in the outbox.
    if waits_for_the_day(tx, due).await? {
        return Ok(());
    }
    let (first, others) = split(&open, due.document);
    let siblings = ids(open.iter().filter(|other| other.id != due.document.id));
    planned::fold(tx, &siblings, due.now).await?;
    let about = due.about(Notice::Deadline.of(open.len()), first);
    notices::queue_together(tx, about, &others, due.now).await?;
    Ok(())
}

/// The SMS about what nobody has opened. It is paid for, so it goes out once about all that was told of together, and not at all
/// where the person has opened one of them: they know of the others, and whoever opens it meanwhile costs nothing more.
pub(super) async fn unopened(tx: &Tx, due: Due<'_>) -> Result<()> {
    let (id, now) = (due.document.id.as_str(), due.now);
    if packages::is_untold(tx, id).await? {
        // What costs nothing goes first.
        let later = now.plus(packages::WAIT);
        return Ok(planned::plan(tx, id, &due.plan.kind, later).await?);
    }
    let mut told = packages::told_together(tx, id).await?;
    if told.is_empty() {
        told.push(due.document.clone());
    }
    let seen = told.iter().any(is_seen);
    if !seen && waits_for_the_day(tx, due).await? {
        return Ok(());
    }
    for document in &told {
        planned::forget(tx, &document.id, &Kind::Unopened).await?;
    }
    if seen {
        return Ok(());
    }
    told.retain(|document| document.is_open(now));
    let (first, others) = split(&told, due.document);
    let about = due.about(Notice::Unopened.of(told.len()), first);
    notices::queue_sms(tx, about, &others, now).await?;
    Ok(())
}

/// The message about documents of a package that have ended.
pub(super) async fn ended(tx: &Tx, due: Due<'_>) -> Result<()> {
    if waits_for_the_day(tx, due).await? {
        return Ok(());
    }
    Ok(packages::tell_of_the_end(tx, &due.document.id, due.clinic, due.now).await?)
}

/// Plans the same anew for the morning, where it is night at the person's.
async fn waits_for_the_day(tx: &Tx, due: Due<'_>) -> Result<bool> {
    let day = notices::by_day(tx, due.document, due.now).await?;
    if day <= due.now {
        return Ok(false);
    }
    planned::plan(tx, &due.document.id, &due.plan.kind, day).await?;
    Ok(true)
}

/// The person has had it before their eyes.
fn is_seen(document: &Document) -> bool {
    document.opened_at.is_some()
        || document.signed_at.is_some()
        || document.status == Status::Declined
}

/// The document that ends first, which a message leads to, and the ids of the others.
fn split<'a>(all: &'a [Document], usual: &'a Document) -> (&'a Document, Vec<String>) {
    match all.split_first() {
        Some((first, others)) => (first, ids(others.iter())),
        None => (usual, Vec::new()),
    }
}

fn ids<'a>(documents: impl Iterator<Item = &'a Document>) -> Vec<String> {
    documents.map(|document| document.id.clone()).collect()
}
