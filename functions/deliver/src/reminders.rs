//! What was planned for now: reminders before a deadline, and the SMS about what nobody has opened, both by day, where the
//! person is; messages about a package that is not whole, and about its end. Documents of one package are told of together.

mod together;

use crate::db;
use podpis_kit::store::consultations::words::{self, Sms};
use podpis_kit::store::notices::{self, About, Notice};
use podpis_kit::store::planned::{self, Kind, Planned};
use podpis_kit::store::{Document, consultations, documents, packages};
use podpis_kit::{Db, Result, Tx, vars};
use podpis_shared::Timestamp;

/// Plans that one tick looks at.
const PLANS_MAX: i64 = 100;

/// A plan whose time has come, with what its notice says.
#[derive(Clone, Copy)]
struct Due<'a> {
    plan: &'a Planned,
    document: &'a Document,
    /// Name of its clinic.
    clinic: &'a str,
    /// Without a slash at the end.
    base_url: &'a str,
    now: Timestamp,
}

impl<'a> Due<'a> {
    fn about(self, notice: Notice, document: &'a Document) -> About<'a> {
        About {
            notice,
            document,
            clinic: self.clinic,
            base_url: self.base_url,
            due: self.now,
        }
    }
}

/// Queues what is due.
///
/// # Errors
/// As the database says; then nothing is queued, and the next tick tries again.
pub(crate) async fn queue_due(db: Db, now: Timestamp) -> Result<Db> {
    let due = planned::due(&db, now, PLANS_MAX).await?;
    if due.is_empty() {
        return Ok(db);
    }
    let base_url = vars::get("public_url").await?;
    let base_url = base_url.trim_end_matches('/');
    let tx = db.begin().await?;
    for plan in &due {
        // What an earlier one of this very list has told of, too, is not there any more.
        if !planned::claim(&tx, plan, now).await? {
            continue;
        }
        let Some(document) = documents::find(&tx, &plan.document_id).await? else {
            continue;
        };
        let clinic = db::clinic_name(&tx, &document.clinic_id).await?;
        let due = Due {
            plan,
            document: &document,
            clinic: &clinic,
            base_url,
            now,
        };
        queue(&tx, due).await?;
    }
    tx.commit().await?;
    Ok(Db::open().await?)
}

async fn queue(tx: &Tx, due: Due<'_>) -> Result<()> {
    let (document, now) = (due.document, due.now);
    match due.plan.kind {
        Kind::Package => Ok(packages::tell(tx, &document.id, due.clinic, due.base_url, now).await?),
        Kind::Expired => together::ended(tx, due).await,
        _ if !document.is_open(now) => Ok(()),
        Kind::Deadline(_) => {
            let consultation = consultations::of_document(tx, document).await?;
            if consultation.is_some() {
                let about = due.about(Notice::Beginning, document);
                notices::queue(tx, about, now).await?;
                return Ok(());
            }
            together::deadline(tx, due).await
        }
        Kind::Unopened => together::unopened(tx, due).await,
        // Planned by day in the clinic's zone already: later it might come after the beginning.
        Kind::Beginning(_) => {
            let Some(consultation) = consultations::of_document(tx, document).await? else {
                return Ok(());
            };
            let (about, base_url) = (Sms::Reminder, due.base_url);
            words::queue(tx, document, &consultation, about, base_url, now, now).await?;
            Ok(())
        }
    }
}
