//! Limits of texts: what one number and one clinic may get and send. Codes have their own (`limits.rs`).
//!
//! They are fuses: a loop in a MIS, or a stolen key, must neither flood a phone nor empty the account at the gateway.

use crate::db::sends;
use crate::limits::wait;
use crate::send::Message;
use podpis_kit::{Failure, Result, Tx, vars};
use podpis_shared::Timestamp;
use podpis_shared::problem::Code;

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// Whose texts a limit counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Recipient,
    Clinic,
    Total,
}

/// Name in the variable `sms_limits`, whose, seconds, how many.
type Limit = (&'static str, By, i64, u32);

const LIMITS: [Limit; 5] = [
    // A visit has up to a dozen documents, and some are reminded of.
    ("text_recipient_hour", By::Recipient, HOUR, 20),
    ("text_recipient_day", By::Recipient, DAY, 60),
    // A clinic with 3,000 visits a day has some 400 an hour.
    ("text_clinic_hour", By::Clinic, HOUR, 2000),
    ("text_clinic_day", By::Clinic, DAY, 10_000),
    ("text_total_hour", By::Total, HOUR, 20_000),
];

/// Whether one more text may go out now.
///
/// # Errors
/// `too_many_requests` with `Retry-After`; 500 for a malformed variable.
pub(crate) async fn check(tx: &Tx, message: &Message<'_>, now: Timestamp) -> Result<()> {
    let limits = parse(&vars::get("sms_limits").await?)
        .map_err(|part| Failure::internal("settings", format!("sms_limits: {part}")))?;
    let mut full: Option<Timestamp> = None;
    for (name, by, window, max) in limits {
        let (whose, key) = match by {
            By::Recipient => ("recipient = ?1 AND", Some(message.to)),
            By::Clinic => ("clinic_id = ?1 AND", message.clinic_id),
            By::Total => ("?1 IS NULL AND", None),
        };
        if key.is_none() && by != By::Total {
            continue;
        }
        let until = sends::full_until(tx, whose, key, window, max, now).await?;
        if until.is_some() {
            eprintln!("texts: the limit {name} is reached");
        }
        full = full.max(until);
    }
    let Some(until) = full else { return Ok(()) };
    let wait = wait(now, until);
    let failure = Failure::new(
        Code::TooMany,
        format!("Слишком много сообщений. Следующее можно отправить через {wait}."),
    );
    let seconds = until.unix().saturating_sub(now.unix()).max(1);
    Err(failure.retry_after(u32::try_from(seconds).unwrap_or(3600)))
}

/// The limits above, some of them replaced: `name=number`, separated by white space.
fn parse(text: &str) -> Result<[Limit; 5], String> {
    let mut limits = LIMITS;
    for part in text.split_whitespace() {
        let wrong = || part.to_owned();
        let (name, max) = part.split_once('=').ok_or_else(wrong)?;
        let limit = limits
            .iter_mut()
            .find(|limit| limit.0 == name)
            .ok_or_else(wrong)?;
        limit.3 = max.parse().map_err(|_| wrong())?;
    }
    Ok(limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_replaces_what_it_names() {
        assert_eq!(parse("").unwrap(), LIMITS);
        let limits = parse(" text_clinic_hour=5\ntext_recipient_day=0").unwrap();
        assert_eq!((limits[2].3, limits[1].3, limits[0].3), (5, 0, 20));
        for wrong in ["text_clinic_hour", "clinic=5", "text_clinic_hour=-1", "off"] {
            assert_eq!(parse(wrong), Err(wrong.to_owned()));
        }
    }
}
