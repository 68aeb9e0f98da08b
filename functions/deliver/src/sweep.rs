//! For how long is kept what only tells how something was delivered (`docs/operations.md`).

use crate::db::sweep::{self, Before};
use podpis_kit::{Db, Failure, Result, vars};
use podpis_shared::Timestamp;

/// Age at which a file that no document uses is forgotten, in seconds: an upload takes minutes.
const ORPHAN_AGE: i64 = 3600;

/// Age at which a one-time code is forgotten, in seconds: no limit counts longer.
const CODE_AGE: i64 = 86_400;

/// Age at which an unfinished sign-in of the staff, or a counted try, is forgotten, in seconds: no limit counts longer.
const STEP_AGE: i64 = 86_400;

/// Likewise the token of a letter to the staff, in seconds: no link works longer.
const STAFF_TOKEN_AGE: i64 = 30 * 86_400;

/// Age at which the record of a closed account goes, in seconds: 3 years (order of Roskomnadzor 179 of 28.10.2022, item 8).
const ERASURE_AGE: i64 = 1096 * DAY;

/// Minutes after which a count of requests is forgotten.
const RATE_MINUTES: i64 = 10;

const DAY: i64 = 86_400;

/// Terms in days; 0: for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Terms {
    delivery_attempts: i64,
    webhook_deliveries: i64,
    letter_tokens: i64,
    sandbox_messages: i64,
}

impl Terms {
    /// A quarter is long enough to find out why something didn't arrive. A letter is rarely ended after a year.
    const USUAL: Self = Self {
        delivery_attempts: 90,
        webhook_deliveries: 90,
        letter_tokens: 365,
        sandbox_messages: 30,
    };

    /// Less would take from under our hands what is still tried.
    const ATTEMPTS_MIN: u32 = 7;

    /// Reads `name=days`, separated by spaces; what is not named stays as usual.
    fn parse(text: &str) -> Result<Self, String> {
        let mut terms = Self::USUAL;
        for part in text.split_whitespace() {
            let (name, days) = part.split_once('=').ok_or_else(|| part.to_owned())?;
            let days: u32 = days.parse().map_err(|_| part.to_owned())?;
            let is_long_enough = days == 0 || days >= Self::ATTEMPTS_MIN;
            match name {
                "delivery_attempts" if is_long_enough => terms.delivery_attempts = days.into(),
                "webhook_deliveries" if is_long_enough => terms.webhook_deliveries = days.into(),
                "letter_tokens" => terms.letter_tokens = days.into(),
                "sandbox_messages" => terms.sandbox_messages = days.into(),
                _ => return Err(part.to_owned()),
            }
        }
        Ok(terms)
    }

    fn before(self, now: Timestamp) -> Before {
        let ago = |days: i64| match days {
            0 => i64::MIN,
            days => now.plus(-days * DAY).unix(),
        };
        Before {
            delivery_attempts: ago(self.delivery_attempts),
            webhook_deliveries: ago(self.webhook_deliveries),
            letter_tokens: ago(self.letter_tokens),
            sandbox_messages: ago(self.sandbox_messages),
            rate_windows: now.unix().div_euclid(60) - RATE_MINUTES,
        }
    }
}

/// Deletes a bounded part of what is too old.
///
/// # Errors
/// As the database says; 500 where the variable `keep_days` is malformed: a mistake of the operator.
pub(crate) async fn run(db: &Db, now: Timestamp) -> Result<()> {
    let text = vars::get("keep_days").await?;
    let malformed = |part| Failure::internal("settings", format!("keep_days: {part}"));
    let terms = Terms::parse(&text).map_err(malformed)?;
    sweep::files(db, now.plus(-ORPHAN_AGE)).await?;
    sweep::codes(db, now.plus(-CODE_AGE)).await?;
    sweep::erasures(db, now.plus(-ERASURE_AGE)).await?;
    sweep::sign_ins(db, now.plus(-STEP_AGE), now.plus(-STAFF_TOKEN_AGE)).await?;
    Ok(sweep::by_age(db, terms.before(now)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_read() {
        assert_eq!(Terms::parse(""), Ok(Terms::USUAL));
        let terms = Terms::parse("delivery_attempts=0 letter_tokens=1").unwrap();
        assert_eq!((terms.delivery_attempts, terms.letter_tokens), (0, 1));
        assert_eq!(terms.webhook_deliveries, Terms::USUAL.webhook_deliveries);
        for wrong in [
            "journal=1",
            "letter_tokens",
            "letter_tokens=-1",
            "delivery_attempts=6",
            "webhook_deliveries=1",
        ] {
            assert_eq!(Terms::parse(wrong), Err(wrong.to_owned()));
        }
    }

    #[test]
    fn for_ever_is_before_everything() {
        let terms = Terms::parse("sandbox_messages=0").unwrap();
        let now = Timestamp::from_unix(1_795_000_000);
        let before = terms.before(now);
        assert_eq!(before.sandbox_messages, i64::MIN);
        assert_eq!(before.letter_tokens, 1_795_000_000 - 365 * DAY);
        assert_eq!(before.rate_windows, 1_795_000_000 / 60 - 10);
    }
}
