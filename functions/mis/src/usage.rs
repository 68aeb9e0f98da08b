//! What a clinic pays for: `/api/v1/usage` (`docs/usage.md`).

mod csv;
pub(crate) mod rows;

use crate::answer::OrCsv;
use crate::auth::{Operator, Session};
use crate::db;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use podpis_kit::extract::{Path, Query};
use podpis_kit::store::{ledger, tariffs};
use podpis_kit::{Db, Failure, Result, now};
use podpis_shared::Timestamp;
use podpis_shared::problem::Code;
use podpis_shared::usage::{Month, Statement};
use serde::{Deserialize, Serialize};

/// Which month, and in what form.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct UsageQuery {
    /// `YYYY-MM`, in Moscow time; this month where absent.
    #[cfg_attr(test, schemars(with = "Option<Month>"))]
    month: Option<String>,
    /// `csv` for accounting; without it `Accept` decides.
    #[cfg_attr(test, schemars(extend("enum" = ["json", "csv"])))]
    format: Option<String>,
}

/// A month's account.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "Usage", deny_unknown_fields)
)]
pub(crate) struct View {
    month: Month,
    #[cfg_attr(test, schemars(extend("const" = TIMEZONE)))]
    timezone: &'static str,
    #[cfg_attr(test, schemars(extend("const" = CURRENCY)))]
    currency: &'static str,
    /// It never changes any more.
    closed: bool,
    closes_at: Timestamp,
    #[serde(flatten)]
    statement: Statement,
    vat_note: Option<String>,
}

/// Whose months these are.
const TIMEZONE: &str = "Europe/Moscow";

/// What kopecks are of.
const CURRENCY: &str = "RUB";

/// `GET /api/v1/usage`: a month by line, as JSON or CSV.
///
/// # Errors
/// `bad_request` for what is no month or no form.
pub(crate) async fn read(
    Session { clinic, db }: Session,
    headers: HeaderMap,
    Query(query): Query<UsageQuery>,
) -> Result<OrCsv<View>> {
    answer(&db, &clinic.id, &headers, &query).await
}

/// `GET /api/v1/operator/clinics/{id}/usage`: the same for the operator.
///
/// # Errors
/// As [`read`]; `not_found`.
pub(crate) async fn of_clinic(
    _: Operator,
    Path(id): Path<String>,
    headers: HeaderMap,
    Query(query): Query<UsageQuery>,
) -> Result<OrCsv<View>> {
    let db = Db::open().await?;
    if !db::clinic_exists(&db, &id).await? {
        return Err(Failure::not_found());
    }
    answer(&db, &id, &headers, &query).await
}

async fn answer(
    db: &Db,
    clinic_id: &str,
    headers: &HeaderMap,
    query: &UsageQuery,
) -> Result<OrCsv<View>> {
    let at = now();
    let month = month(query.month.as_deref(), at)?;
    let as_csv = wants_csv(headers, query.format.as_deref())?;
    let schedule = tariffs::schedule(db, clinic_id).await?;
    let counted = ledger::counts(db, clinic_id, month).await?;
    let statement = Statement::of(&schedule, &counted)
        .ok_or_else(|| Failure::internal("usage", format!("{clinic_id}: a sum is out of range")))?;
    if as_csv {
        return csv::statement(month, &statement).map(OrCsv::Csv);
    }
    // The note of the month's last moment that has been.
    let last = at.min(Timestamp::from_unix(month.ends_at().unix() - 1));
    Ok(OrCsv::Json(View {
        month,
        timezone: TIMEZONE,
        currency: CURRENCY,
        closed: month.is_closed(at),
        closes_at: month.closes_at(),
        statement,
        vat_note: schedule
            .vat_note(last.max(month.begins_at()))
            .map(str::to_owned),
    }))
}

/// The month asked for; without one, this one.
fn month(text: Option<&str>, at: Timestamp) -> Result<Month> {
    let wrong = || Failure::new(Code::BadRequest, "month is YYYY-MM");
    text.map_or(Ok(Month::of(at)), |text| {
        Month::parse(text).ok_or_else(wrong)
    })
}

/// `format` decides; without it a caller gets CSV who accepts that and no JSON.
fn wants_csv(headers: &HeaderMap, format: Option<&str>) -> Result<bool> {
    match format {
        Some("csv") => Ok(true),
        Some("json") => Ok(false),
        Some(_) => Err(Failure::new(Code::BadRequest, "format is json or csv")),
        None => {
            let accepted = headers
                .get_all(ACCEPT)
                .iter()
                .filter_map(|value| value.to_str().ok());
            let types = accepted.flat_map(|value| value.split(','));
            let names: Vec<&str> = types
                .map(|one| one.split(';').next().unwrap_or_default().trim())
                .collect();
            let has = |name: &str| names.iter().any(|one| one.eq_ignore_ascii_case(name));
            Ok(has("text/csv") && !has("application/json"))
        }
    }
}
