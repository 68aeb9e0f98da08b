//! `GET /api/v1/usage/rows`: what a month's account is made of, row by row.

use super::{csv, month, wants_csv};
use crate::answer::OrCsv;
use crate::auth::Session;
use crate::list;
use axum::BoxError;
use axum::body::Body;
use axum::http::HeaderMap;
use bytes::Bytes;
use futures::stream;
use podpis_kit::extract::Query;
use podpis_kit::store::ledger::{self, Kept};
use podpis_kit::store::tariffs;
use podpis_kit::{Db, Result, now};
use podpis_shared::Timestamp;
use podpis_shared::usage::{Item, Month, Schedule};
use podpis_shared::wire::mis::Page;
use serde::{Deserialize, Serialize};

/// Rows that are read at a time for a file.
const CHUNK: i64 = 1000;

/// Which of a list.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct RowsQuery {
    /// `YYYY-MM`, in Moscow time; this month where absent.
    #[cfg_attr(test, schemars(with = "Option<Month>"))]
    month: Option<String>,
    /// `csv` for accounting; without it `Accept` decides.
    #[cfg_attr(test, schemars(extend("enum" = ["json", "csv"])))]
    format: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<list::schema::Limit>"))]
    limit: Option<String>,
    #[cfg_attr(test, schemars(with = "Option<list::schema::After>"))]
    after: Option<String>,
}

/// A row as it is priced.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "UsageRow", deny_unknown_fields)
)]
pub(crate) struct View {
    /// Number within the clinic.
    position: i64,
    item: Item,
    title: &'static str,
    #[cfg_attr(test, schemars(range(min = 1)))]
    count: u64,
    /// Price of one, in whole kopecks.
    price_kopecks: u32,
    /// Price of all, in whole kopecks.
    sum_kopecks: u64,
    document_id: Option<String>,
    external_id: Option<String>,
    at: Timestamp,
    recorded_at: Timestamp,
}

/// A page of rows, or with `format=csv` all of them as a file.
///
/// # Errors
/// `bad_request`.
pub(crate) async fn read(
    Session { clinic, db }: Session,
    headers: HeaderMap,
    Query(query): Query<RowsQuery>,
) -> Result<OrCsv<Page<View>>> {
    let month = month(query.month.as_deref(), now())?;
    let (limit, after) = (
        list::limit(query.limit.as_deref())?,
        list::after(query.after.as_deref())?,
    );
    let schedule = tariffs::schedule(&db, &clinic.id).await?;
    if wants_csv(&headers, query.format.as_deref())? {
        let file = File {
            db,
            clinic_id: clinic.id,
            month,
            schedule,
            after: Some(0),
            begun: false,
        };
        let name = format!("usage-rows-{month}.csv");
        return csv::file(&name, file.body()).map(OrCsv::Csv);
    }
    let mut rows = ledger::rows(&db, &clinic.id, month, after.unwrap_or(0), limit + 1).await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| row.position.to_string());
    let rows = rows.into_iter();
    let items = rows.map(|row| View::of(row, &schedule)).collect();
    Ok(OrCsv::Json(Page { items, next }))
}

impl View {
    fn of(row: Kept, schedule: &Schedule) -> Self {
        let price_kopecks = schedule.price(row.item, row.at);
        Self {
            position: row.position,
            item: row.item,
            title: row.item.title(),
            count: row.count,
            price_kopecks,
            sum_kopecks: row.count.saturating_mul(price_kopecks.into()),
            document_id: row.document_id,
            external_id: row.external_id,
            at: row.at,
            recorded_at: row.recorded_at,
        }
    }

    fn line(&self) -> String {
        csv::line([
            self.position.to_string().as_str(),
            &moscow(self.at),
            self.item.as_str(),
            self.title,
            &self.count.to_string(),
            &csv::rubles(self.price_kopecks.into()),
            &csv::rubles(self.sum_kopecks),
            self.document_id.as_deref().unwrap_or_default(),
            self.external_id.as_deref().unwrap_or_default(),
        ])
    }
}

/// All rows of a month on their way: so many at a time are in memory, however many there are.
struct File {
    db: Db,
    clinic_id: String,
    month: Month,
    schedule: Schedule,
    /// `None`: all have been sent.
    after: Option<i64>,
    begun: bool,
}

impl File {
    fn body(self) -> Body {
        Body::from_stream(stream::try_unfold(self, |mut file| async move {
            let chunk = file.chunk().await?;
            Ok::<_, BoxError>(chunk.map(|chunk| (Bytes::from(chunk), file)))
        }))
    }

    async fn chunk(&mut self) -> Result<Option<String>, BoxError> {
        let Some(after) = self.after else {
            return Ok(None);
        };
        let rows = ledger::rows(&self.db, &self.clinic_id, self.month, after, CHUNK).await?;
        let last = rows.last().map(|row| row.position);
        self.after = last.filter(|_| rows.len() >= usize::try_from(CHUNK).unwrap_or_default());
        let mut text = String::new();
        if !self.begun {
            self.begun = true;
            text.push_str(csv::BOM);
            text += &csv::line([
                "Номер",
                "Дата и время (МСК)",
                "Код",
                "Услуга",
                "Количество",
                "Цена, руб.",
                "Сумма, руб.",
                "Документ",
                "Номер в МИС",
            ]);
        }
        for row in rows {
            text += &View::of(row, &self.schedule).line();
        }
        Ok(Some(text))
    }
}

/// `28.11.2026 14:05:31`.
fn moscow(at: Timestamp) -> String {
    at.moscow().chars().take(19).collect()
}
