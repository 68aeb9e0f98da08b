//! The operator sets what a clinic pays: `/api/v1/operator/clinics/{id}/tariff` (`docs/usage.md`).

use crate::answer::{FromJson, Json};
use crate::auth::Operator;
use crate::db;
use podpis_kit::extract::Path;
use podpis_kit::store::{Event, journal, tariffs};
use podpis_kit::{Db, Failure, Result, now};
use podpis_shared::Timestamp;
use podpis_shared::problem::Code;
use podpis_shared::usage::{Month, Schedule, Tariff};
use serde::Serialize;
use serde_json::json;

/// What a clinic pays, and what it would without a tariff of its own.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "Tariffs", deny_unknown_fields)
)]
pub(crate) struct View {
    default_version: &'static str,
    default: &'static [Tariff],
    /// In the order in which they were set: of one day the last one counts.
    own: Vec<Tariff>,
    /// The earliest that a tariff may begin in: `YYYY-MM`.
    first_open_month: Month,
}

/// `GET /api/v1/operator/clinics/{id}/tariff`.
///
/// # Errors
/// `not_found`.
pub(crate) async fn read(_: Operator, Path(id): Path<String>) -> Result<Json<View>> {
    let db = known(&id).await?;
    Ok(answer(&tariffs::schedule(&db, &id).await?, now()))
}

/// `PUT /api/v1/operator/clinics/{id}/tariff`: prices from a day on, never of a closed month. Repeating it changes nothing.
///
/// # Errors
/// `invalid` names the field; `not_found`. Nothing changes then.
pub(crate) async fn put(
    _: Operator,
    Path(id): Path<String>,
    FromJson(tariff): FromJson<Tariff>,
) -> Result<Json<View>> {
    let tx = known(&id).await?.begin().await?;
    // By the clock under the write lock: what is set in time is there before the month closes.
    let at = now();
    tariff
        .check(at)
        .map_err(|e| Failure::new(Code::Invalid, e.to_string()))?;
    let before = tariffs::schedule(&tx, &id).await?;
    let of_that_day = |own: &&Tariff| own.valid_from == tariff.valid_from;
    if before.own().iter().rev().find(of_that_day) != Some(&tariff) {
        tariffs::insert(&tx, &id, &tariff, at).await?;
        let facts = json!({ "valid_from": tariff.valid_from, "prices": tariff.prices });
        journal::append(&tx, &id, None, Event::TariffSet, at, facts).await?;
    }
    let after = tariffs::schedule(&tx, &id).await?;
    tx.commit().await?;
    Ok(answer(&after, at))
}

async fn known(id: &str) -> Result<Db> {
    let db = Db::open().await?;
    if !db::clinic_exists(&db, id).await? {
        return Err(Failure::not_found());
    }
    Ok(db)
}

fn answer(schedule: &Schedule, at: Timestamp) -> Json<View> {
    let (default_version, default) = Schedule::builtin();
    Json(View {
        default_version,
        default,
        own: schedule.own().to_vec(),
        first_open_month: Month::first_open(at),
    })
}
