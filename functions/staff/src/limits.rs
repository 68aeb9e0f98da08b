//! How many wrong tries there may be in which time. A try counts from its beginning, so that many at once are no more than one
//! after the other; one that turns out right counts no more.
//!
//! Wrong passwords of one e-mail are counted by the network that they come from: somebody who tries from afar does not lock out whoever
//! sits in the clinic. What all networks together may do is far from a guess at a password of ten characters.

use crate::db::tries;
use podpis_kit::{Failure, Result, Tx};
use podpis_shared::Timestamp;
use podpis_shared::problem::Code;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A password; the subject is the SHA-256 of the e-mail.
    Password,
    /// A second factor; the subject is the person.
    Second,
    /// A letter that resets a password; the subject is the SHA-256 of the e-mail. Each counts.
    Reset,
}

/// The tries that a limit counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// About the same subject, from the same network.
    Both,
    /// About the same subject.
    Subject,
    /// From the same network.
    Client,
}

/// So many tries in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) by: By,
    /// Seconds.
    pub(crate) window: i64,
    pub(crate) max: i64,
}

/// Letters to one e-mail in an hour; what is asked for beyond is not sent, and nobody is told.
pub(crate) const RESET_LETTERS: Limit = limit(By::Subject, HOUR, 3);

const PASSWORD: &[Limit] = &[
    limit(By::Both, 15 * MINUTE, 10),
    limit(By::Subject, HOUR, 60),
    // A clinic behind one address has a few dozen people, each of whom mistypes now and then.
    limit(By::Client, HOUR, 100),
];

/// Whoever comes here knows the password. A guesser at codes of six digits, of which three are right, has one chance in ten thousand
/// a day.
const SECOND: &[Limit] = &[limit(By::Subject, HOUR, 10), limit(By::Subject, DAY, 30)];

const RESET: &[Limit] = &[limit(By::Client, HOUR, 30)];

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

const fn limit(by: By, window: i64, max: i64) -> Limit {
    Limit { by, window, max }
}

impl Kind {
    /// Name in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Second => "second",
            Self::Reset => "reset",
        }
    }

    const fn limits(self) -> &'static [Limit] {
        match self {
            Self::Password => PASSWORD,
            Self::Second => SECOND,
            Self::Reset => RESET,
        }
    }
}

/// Counts a try as wrong until it turns out right; gives its id.
///
/// # Errors
/// `too_many_requests` over a limit: then nothing may be tried.
pub(crate) async fn take(
    tx: &Tx,
    kind: Kind,
    subject: &str,
    client: &str,
    now: Timestamp,
) -> Result<i64> {
    for limit in kind.limits() {
        if let Some(until) = tries::over(tx, kind, *limit, subject, client, now).await? {
            return Err(too_many(until, now));
        }
    }
    Ok(tries::insert(tx, kind, subject, client, now).await?)
}

fn too_many(until: Timestamp, now: Timestamp) -> Failure {
    let wait = u32::try_from(until.unix() - now.unix()).unwrap_or(0).max(1);
    let minutes = wait.div_ceil(60);
    let detail = format!("Слишком много попыток. Попробуйте через {minutes} мин.");
    Failure::new(Code::TooMany, detail).retry_after(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_to_come_back() {
        let at = Timestamp::from_unix(1_795_000_000);
        let refused = too_many(at.plus(61), at);
        assert_eq!(refused.code(), Some(Code::TooMany));
        assert!(format!("{refused:?}").contains("через 2 мин"));
        assert!(format!("{:?}", too_many(at, at)).contains("через 1 мин"));
    }

    #[test]
    fn a_guesser_at_codes_has_little_hope() {
        let by_day = Kind::Second
            .limits()
            .iter()
            .map(|limit| limit.max * DAY / limit.window);
        assert!(by_day.min().unwrap() * 3 < 1_000_000 / 5000);
    }
}
