//! What was planned for now: reminders before a deadline, and the SMS about what nobody has opened, both by day, where the
//! person is; the message about a package that is not whole.

use crate::db;
use podpis_kit::store::consultations::words::Sms;
use podpis_kit::store::notices::{self, About, Notice};
use podpis_kit::store::planned::{self, Kind, Planned};
use podpis_kit::store::{Document, consultations, documents, packages};
use podpis_kit::{Db, Result, Tx, vars};
use podpis_shared::{Status, Timestamp};

/// Plans that one tick looks at.
const PLANS_MAX: i64 = 100;

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
    let tx = db.begin().await?;
    for plan in &due {
        if !planned::claim(&tx, plan, now).await? {
            continue;
        }
        let document = documents::find(&tx, &plan.document_id).await?;
        if let (Kind::Package, Some(document)) = (&plan.kind, &document) {
            let (id, clinic) = (
                &document.id,
                db::clinic_name(&tx, &document.clinic_id).await?,
            );
            packages::tell(&tx, id, &clinic, base_url.trim_end_matches('/'), now).await?;
            continue;
        }
        if let Some(document) = document.filter(|document| document.is_open(now)) {
            queue(&tx, plan, &document, base_url.trim_end_matches('/'), now).await?;
        }
    }
    tx.commit().await?;
    Ok(Db::open().await?)
}

async fn queue(
    tx: &Tx,
    plan: &Planned,
    document: &Document,
    base_url: &str,
    now: Timestamp,
) -> Result<()> {
    let clinic = db::clinic_name(tx, &document.clinic_id).await?;
    let consultation = consultations::of_document(tx, document).await?;
    let about = About {
        notice: match plan.kind {
            Kind::Deadline(_) if consultation.is_some() => Notice::Beginning,
            Kind::Deadline(_) | Kind::Beginning(_) => Notice::Deadline,
            Kind::Unopened => Notice::Unopened,
            // Told already: what is of no single document.
            Kind::Package => return Ok(()),
        },
        document,
        clinic: &clinic,
        base_url,
        due: now,
    };
    match plan.kind {
        Kind::Package => {}
        Kind::Deadline(_) => {
            notices::queue(tx, about, now).await?;
        }
        // Whoever opens it meanwhile costs nothing more.
        Kind::Unopened if document.status != Status::Sent => {}
        // So the night is waited for here, not in the outbox.
        Kind::Unopened => match notices::by_day(tx, document, now).await? {
            day if day > now => planned::plan(tx, &document.id, &plan.kind, day).await?,
            _ => {
                notices::queue_sms(tx, about, now).await?;
            }
        },
        // Planned by day in the clinic's zone already: later it might come after the beginning.
        Kind::Beginning(_) => {
            if let Some(consultation) = consultation {
                consultations::words::queue(
                    tx,
                    document,
                    &consultation,
                    Sms::Reminder,
                    base_url,
                    now,
                    now,
                )
                .await?;
            }
        }
    }
    Ok(())
}
