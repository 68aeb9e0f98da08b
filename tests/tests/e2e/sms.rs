//! Text messages through real gateways: sent once, receipts believed only when signed, errors told as what they are.

mod codes;
mod failures;
mod receipts;

use anyhow::{Context as _, Result};
use podpis_tests::gateways::{SmsRu, Smsc};
use podpis_tests::{Clinic, Settings, Stack, Upload, production, wait_for};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

/// The last part of the address for receipts.
pub(crate) const TOKEN: &str = "token-of-the-address-12345";

/// A stack outside the sandbox; `None` where the tests have no stack of their own.
pub(crate) fn stack(
    gateways: &str,
    variables: Vec<(&'static str, String)>,
) -> Result<Option<Stack>> {
    Stack::alone(settings(gateways, variables)?)
}

pub(crate) fn settings(gateways: &str, variables: Vec<(&'static str, String)>) -> Result<Settings> {
    let own = [
        ("SMS_GATEWAYS", gateways.to_owned()),
        ("SMS_RECEIPT_TOKEN", TOKEN.to_owned()),
    ];
    let all = production::keys()?.into_iter().chain(own).chain(variables);
    Ok(Settings {
        sandbox: false,
        variables: all.collect(),
        ..Settings::default()
    })
}

/// SMSC.ru first, SMS.ru behind it.
pub(crate) fn both(smsc: &Smsc, smsru: &SmsRu) -> Vec<(&'static str, String)> {
    smsc.variables()
        .into_iter()
        .chain(smsru.variables())
        .collect()
}

/// Sends a document by link; its id and phone.
pub(crate) fn send(clinic: &mut Clinic) -> Result<(String, String)> {
    let upload = Upload::small();
    Ok((clinic.send_document(&upload)?, upload.phone))
}

/// The data of a document's `message.…` event, once there is one.
pub(crate) fn told(clinic: &mut Clinic, document: &str, kind: &str) -> Result<Value> {
    wait_for(&format!("{kind} of {document}"), || {
        let events = clinic.events()?;
        let mut of = events
            .into_iter()
            .filter(|event| event["document_id"] == document);
        Ok(of
            .find(|event| event["type"] == kind)
            .map(|mut event| event["data"].take()))
    })
}

/// How many `message.…` events a document has.
pub(crate) fn told_times(clinic: &mut Clinic, document: &str) -> Result<usize> {
    let events = clinic.events()?;
    let message = |event: &&Value| {
        event["document_id"] == document
            && event["type"]
                .as_str()
                .is_some_and(|kind| kind.starts_with("message."))
    };
    Ok(events.iter().filter(message).count())
}

/// One value of the running product's database, as text.
pub(crate) fn value(stack: &mut Stack, sql: &str, of: &str) -> Result<Option<String>> {
    let db = Connection::open_with_flags(stack.database()?, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([of])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let value: rusqlite::types::Value = row.get(0)?;
    Ok(match value {
        rusqlite::types::Value::Integer(number) => Some(number.to_string()),
        rusqlite::types::Value::Text(text) => Some(text),
        _ => None,
    })
}

/// The same, once it is as expected.
pub(crate) fn wait_for_value(stack: &mut Stack, sql: &str, of: &str, expected: &str) -> Result<()> {
    let mut last = None;
    let found = wait_for(&format!("{sql} = {expected}"), || {
        last = value(stack, sql, of)?;
        Ok((last.as_deref() == Some(expected)).then_some(()))
    });
    found.with_context(|| format!("the last was {last:?}"))
}

/// How the SMS about a document stands at its gateway.
pub(crate) const STANDING: &str = "SELECT gateway || ' ' || status || ' ' || coalesce(reason, '-') FROM sms_sends \
                                   WHERE document_id = ?1 ORDER BY asked_at DESC, rowid DESC";
