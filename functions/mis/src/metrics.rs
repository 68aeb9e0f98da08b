//! `GET /api/metrics`: numbers for Prometheus, behind a token of their own (`docs/operations.md`).

mod text;

use crate::answer::{Sent, form};
use crate::auth;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use podpis_kit::store::metrics::{self, BOUNDS_MS, Latencies, Series};
use podpis_kit::store::{esia_health, journal, state};
use podpis_kit::{Db, Result, now};
use podpis_shared::Timestamp;
use std::collections::BTreeMap;
use text::Text;

/// Prometheus' text format.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What the last day is, in seconds.
const DAY: i64 = 86_400;

/// All numbers, as of now.
pub(crate) async fn read(_: auth::Metrics) -> Result<Sent<form::Text>> {
    let (db, at) = (Db::open().await?, now());
    let mut text = Text::default();
    text.gauge("podpis_build_info", "Version of the API's component.")
        .value(&[("version", env!("CARGO_PKG_VERSION"))], 1);
    requests(&mut text, &metrics::all(&db).await?);
    messages(&mut text, &db, at).await?;
    documents(&mut text, &db, at).await?;
    let esia = esia_health::read(&db).await?;
    text.gauge("podpis_esia_state", "How the last calls to ESIA went.")
        .value(&[("state", esia.state.as_str())], 1);
    text.gauge("podpis_database_bytes", "Size of the database.")
        .value(&[], state::bytes(&db).await?);
    let answer = (StatusCode::OK, [(CONTENT_TYPE, FORMAT)], text.finish());
    Ok(answer.into_response().into())
}

fn requests(text: &mut Text, all: &[(Series, Latencies)]) {
    let mut counts = text.counter(
        "podpis_requests_total",
        "Requests that a component answered.",
    );
    let mut times: BTreeMap<(&str, &str, &str), Latencies> = BTreeMap::new();
    for (series, latencies) in all {
        let status = series.status.to_string();
        let labels = [
            ("component", series.component.as_str()),
            ("method", &series.method),
            ("route", &series.route),
            ("status", &status),
        ];
        counts.value(&labels, latencies.count);
        let sum = times
            .entry((&series.component, &series.method, &series.route))
            .or_default();
        sum.count += latencies.count;
        sum.micros += latencies.micros;
        for (sum, bucket) in sum.buckets.iter_mut().zip(latencies.buckets) {
            *sum += bucket;
        }
    }
    let help = "Time until the head of the answer.";
    let mut histogram = text.histogram("podpis_request_duration_seconds", help);
    for ((component, method, route), latencies) in times {
        let labels = [
            ("component", component),
            ("method", method),
            ("route", route),
        ];
        let mut upto = 0;
        let buckets = BOUNDS_MS
            .iter()
            .zip(latencies.buckets)
            .map(|(bound, bucket)| {
                upto += bucket;
                (f64::from(*bound) / 1000.0, upto)
            });
        let buckets: Vec<_> = buckets.collect();
        histogram.observed(&labels, &buckets, latencies.count, latencies.micros);
    }
}

async fn messages(text: &mut Text, db: &Db, at: Timestamp) -> Result<()> {
    let help = "Messages of the outbox by state; queued ones are its depth.";
    let mut gauge = text.gauge("podpis_outbox_messages", help);
    for row in state::messages(db).await? {
        let [channel, status] = &row.by;
        gauge.value(&[("channel", channel), ("status", status)], row.count);
    }
    let (queued, oldest) = state::events(db, at).await?;
    gauge.value(&[("channel", "webhook"), ("status", "queued")], queued);
    let help = "How long the oldest event has been waiting that is to be pushed to a webhook.";
    text.gauge("podpis_webhook_oldest_seconds", help)
        .value(&[], oldest);
    let help = "How long the message longest due has been waiting.";
    let mut gauge = text.gauge("podpis_outbox_overdue_seconds", help);
    for row in state::overdue(db, at).await? {
        let [channel] = &row.by;
        gauge.value(&[("channel", channel)], row.count);
    }
    let help = "Tries of the last day that a gateway did not take, by reason.";
    let mut gauge = text.gauge("podpis_gateway_errors_last_day", help);
    for row in state::refused(db, at.plus(-DAY)).await? {
        let [channel, reason] = &row.by;
        gauge.value(&[("channel", channel), ("reason", reason)], row.count);
    }
    let mut gauge = text.gauge(
        "podpis_codes_last_day",
        "One-time codes of the last day by state.",
    );
    for row in state::codes(db).await? {
        let [purpose, channel, status] = &row.by;
        let labels = [
            ("purpose", purpose.as_str()),
            ("channel", channel),
            ("status", status),
        ];
        gauge.value(&labels, row.count);
    }
    Ok(())
}

async fn documents(text: &mut Text, db: &Db, at: Timestamp) -> Result<()> {
    let mut gauge = text.gauge("podpis_documents", "Documents by status.");
    for row in state::documents(db).await? {
        let [status] = &row.by;
        gauge.value(&[("status", status)], row.count);
    }
    let help = "Sealed signatures by party, method and level of the seal.";
    let mut counter = text.counter("podpis_seals_total", help);
    for row in state::signatures(db).await? {
        let [party, method, level] = &row.by;
        let labels = [
            ("party", party.as_str()),
            ("method", method),
            ("level", level),
        ];
        counter.value(&labels, row.count);
    }
    let audits = journal::totals(db, at).await?;
    text.counter("podpis_journal_entries_total", "Entries of all journals.")
        .value(&[], state::journal_entries(db).await?);
    let mut gauge = text.gauge(
        "podpis_journals",
        "Journals by the outcome of their last audit.",
    );
    let ok = audits.clinics - audits.broken - audits.unchecked;
    for (outcome, count) in [
        ("ok", ok.max(0)),
        ("broken", audits.broken),
        ("unchecked", audits.unchecked),
    ] {
        gauge.value(&[("audit", outcome)], count);
    }
    Ok(())
}
