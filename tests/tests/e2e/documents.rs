//! Lists, events, cancelling, expiry.

use anyhow::{Context as _, Result, ensure};
use podpis_tests::{Clinic, Stack, Upload};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

#[test]
fn a_list_is_read_page_by_page_without_loss() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let mut sent: Vec<String> = (0..5)
        .map(|_| clinic.send_document(&Upload::small()))
        .collect::<Result<_>>()?;
    let mut seen = pages(&mut clinic, "/api/v1/documents?limit=2", |item| {
        item["id"].as_str().map(str::to_owned)
    })?;
    sent.sort_unstable();
    seen.sort_unstable();
    ensure!(seen == sent, "{seen:?} instead of {sent:?}");
    Ok(())
}

#[test]
fn a_list_is_narrowed_by_status_and_external_id() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let (one, other) = (Upload::small(), Upload::small());
    let (first, second) = (clinic.send_document(&one)?, clinic.send_document(&other)?);
    clinic
        .post(&format!("/api/v1/documents/{first}/cancel"), &json!({}))?
        .expect(200)?;
    let id = |item: &Value| item["id"].as_str().map(str::to_owned);
    ensure!(pages(&mut clinic, "/api/v1/documents?status=cancelled", id)? == [first]);
    let external = other.document["external_id"]
        .as_str()
        .context("external_id")?;
    ensure!(
        pages(
            &mut clinic,
            &format!("/api/v1/documents?external_id={external}"),
            id
        )? == [second]
    );
    ensure!(pages(&mut clinic, "/api/v1/documents?external_id=unknown", id)?.is_empty());
    Ok(())
}

#[test]
fn wrong_parameters_of_lists_are_refused() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    for query in [
        "limit=0",
        "limit=201",
        "limit=many",
        "status=lost",
        "after=%00",
    ] {
        let reply = clinic.get(&format!("/api/v1/documents?{query}"))?;
        ensure!(
            [400, 422].contains(&reply.status.as_u16()),
            "{query}: {} {}",
            reply.status,
            reply.text()
        );
    }
    for query in ["limit=0", "limit=201", "after=first"] {
        let reply = clinic.get(&format!("/api/v1/events?{query}"))?;
        ensure!(
            [400, 422].contains(&reply.status.as_u16()),
            "{query}: {} {}",
            reply.status,
            reply.text()
        );
    }
    Ok(())
}

#[test]
fn events_come_in_order_and_go_on_after_the_last_seen() -> Result<()> {
    let mut clinic = Stack::shared()?.clinic()?;
    let ids: Vec<String> = (0..3)
        .map(|_| clinic.send_document(&Upload::small()))
        .collect::<Result<_>>()?;
    for id in &ids {
        clinic
            .post(
                &format!("/api/v1/documents/{id}/cancel"),
                &json!({"reason": "тест"}),
            )?
            .expect(200)?;
    }
    let all = clinic.events()?;
    let of =
        |kind: &str| -> Vec<&Value> { all.iter().filter(|event| event["type"] == kind).collect() };
    ensure!(
        of("document.sent").len() == 3 && of("document.cancelled").len() == 3,
        "{all:?}"
    );
    let numbers: Vec<u64> = all
        .iter()
        .filter_map(|event| event["seq"].as_u64())
        .collect();
    ensure!(
        numbers.len() == all.len() && numbers.is_sorted_by(|one, next| one < next),
        "{numbers:?}"
    );
    for event in &all {
        ensure!(
            event["id"].is_string() && event["at"].is_string() && event["data"].is_object(),
            "{event}"
        );
        ensure!(ids.iter().any(|id| event["document_id"] == *id), "{event}");
    }
    let middle = numbers.get(2).context("three events")?;
    let rest = clinic
        .get(&format!("/api/v1/events?after={middle}&limit=200"))?
        .expect(200)?
        .json()?;
    ensure!(
        rest["items"].as_array().map(Vec::as_slice) == all.get(3..),
        "{rest}"
    );
    Ok(())
}

#[test]
fn a_cancelled_document_cannot_be_signed_nor_cancelled_again() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let (id, link) = clinic.send_with_link(&Upload::small())?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    let cancel = format!("/api/v1/documents/{id}/cancel");
    let cancelled = clinic
        .post(&cancel, &json!({"reason": "не тот пациент"}))?
        .expect(200)?
        .json()?;
    ensure!(cancelled["status"] == "cancelled", "{cancelled}");
    let reply = patient.start(&act)?;
    ensure!(
        [404, 409, 410].contains(&reply.status.as_u16()),
        "{} {}",
        reply.status,
        reply.text()
    );
    clinic
        .post(&cancel, &json!({}))?
        .problem(409, "invalid_state")?;
    ensure!(clinic.event_types(&id)? == ["document.sent", "document.opened", "document.cancelled"]);
    Ok(())
}

#[test]
fn a_document_expires_and_can_no_longer_be_signed() -> Result<()> {
    let stack = Stack::shared()?;
    let mut clinic = stack.clinic()?;
    let soon = (OffsetDateTime::now_utc() + time::Duration::seconds(8))
        .replace_nanosecond(0)?
        .format(&Rfc3339)?;
    let (id, link) = clinic.send_with_link(&Upload::small().with("/expires_at", json!(soon)))?;
    let mut patient = stack.patient(&link)?;
    let act = patient.read()?;
    clinic.wait_for_status(&id, "expired")?;
    patient.start(&act)?.problem(409, "invalid_state")?;
    ensure!(
        clinic
            .event_types(&id)?
            .last()
            .is_some_and(|last| last == "document.expired")
    );
    clinic
        .post(&format!("/api/v1/documents/{id}/cancel"), &json!({}))?
        .problem(409, "invalid_state")?;
    Ok(())
}

/// Follows `next` to the end.
fn pages<T>(clinic: &mut Clinic, path: &str, item: impl Fn(&Value) -> Option<T>) -> Result<Vec<T>> {
    let (mut all, mut next) = (Vec::new(), path.to_owned());
    loop {
        let page = clinic.get(&next)?.expect(200)?.json()?;
        let items = page["items"].as_array().context("items")?;
        all.extend(items.iter().filter_map(&item));
        let Some(cursor) = page["next"].as_str() else {
            ensure!(page["next"].is_null(), "next: {page}");
            return Ok(all);
        };
        ensure!(!items.is_empty(), "an empty page that isn't the last");
        next = format!("{path}&after={cursor}");
    }
}
