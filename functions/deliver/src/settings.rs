//! What this installation has set for deliveries: times in place of the usual ones.

use podpis_kit::{Failure, Result, random, vars};
use std::time::Duration;

/// How much longer than a request its lease holds, in seconds.
const LEASE_MORE: i64 = 5;

/// Times of deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    /// Longest time of one request, in milliseconds.
    pub(crate) timeout_ms: u64,
    /// Pause after the first failure, in seconds; it doubles with every further one.
    pub(crate) retry_first: i64,
    /// Longest pause, in seconds.
    pub(crate) retry_max: i64,
    /// After so many seconds a message is given up.
    pub(crate) message_for: i64,
    /// After so many seconds an event is given up.
    pub(crate) event_for: i64,
    /// How long a host that fails is left alone first, in seconds; it doubles.
    pub(crate) breaker_first: i64,
    /// How long it is left alone at most, in seconds; then one message tries again.
    pub(crate) breaker_max: i64,
}

impl Times {
    /// A phone that is out of reach for a day gets a reminder by other means; a message that late helps nobody.
    pub(crate) const USUAL: Self = Self {
        timeout_ms: 10_000,
        retry_first: 5,
        retry_max: 3600,
        message_for: 24 * 3600,
        event_for: 72 * 3600,
        breaker_first: 15,
        breaker_max: 600,
    };

    /// The variable `delivery_times`.
    ///
    /// # Errors
    /// 500 where it is malformed: a mistake of the operator.
    pub(crate) async fn load() -> Result<Self> {
        let text = vars::get("delivery_times").await?;
        let malformed = |part| Failure::internal("settings", format!("delivery_times: {part}"));
        Self::parse(&text).map_err(malformed)
    }

    /// Reads `name=number`, separated by spaces; what is not named stays as usual.
    fn parse(text: &str) -> Result<Self, String> {
        let mut times = Self::USUAL;
        for part in text.split_whitespace() {
            let (name, number) = part.split_once('=').ok_or_else(|| part.to_owned())?;
            let number: u32 = number.parse().map_err(|_| part.to_owned())?;
            match name {
                // The host's own limit is longer.
                "timeout_ms" if (100..=20_000).contains(&number) => {
                    times.timeout_ms = number.into()
                }
                "retry_first" if number > 0 => times.retry_first = number.into(),
                "retry_max" if number > 0 => times.retry_max = number.into(),
                "event_for" => times.event_for = number.into(),
                "breaker_first" if number > 0 => times.breaker_first = number.into(),
                "breaker_max" if number > 0 => times.breaker_max = number.into(),
                "message_for" => times.message_for = number.into(),
                _ => return Err(part.to_owned()),
            }
        }
        Ok(times)
    }

    /// Longest time of one request.
    pub(crate) const fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// How long a lease holds, in seconds: whoever took it has stored the outcome by then, or has died. Until then what it took
    /// counts as being on its way.
    pub(crate) fn lease(&self) -> i64 {
        i64::try_from(self.timeout_ms.div_ceil(1000)).unwrap_or(20) + LEASE_MORE
    }

    /// Seconds until the next try: doubling, with jitter of a quarter, so that what failed together does not return together.
    pub(crate) fn pause(&self, attempts: i64) -> i64 {
        let luck = random::bytes::<2>().map_or(0, u16::from_le_bytes);
        self.pause_by(attempts, luck)
    }

    /// [`Times::pause`] without chance: `luck` 0 gives three quarters of the time, the greatest five quarters.
    fn pause_by(&self, attempts: i64, luck: u16) -> i64 {
        let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 20)).unwrap_or(0);
        let whole = (self.retry_first << doublings).min(self.retry_max);
        let jitter = whole * i64::from(luck) / i64::from(u16::MAX) / 2;
        (whole - whole / 4 + jitter).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_is_read() {
        assert_eq!(Times::parse(""), Ok(Times::USUAL));
        let times = Times::parse("timeout_ms=500 retry_first=1").unwrap();
        assert_eq!((times.timeout_ms, times.retry_first), (500, 1));
        assert_eq!(times.retry_max, Times::USUAL.retry_max);
        for wrong in [
            "retry=1",
            "retry_first",
            "retry_first=0",
            "timeout_ms=60000",
        ] {
            assert_eq!(Times::parse(wrong), Err(wrong.to_owned()));
        }
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let times = Times::USUAL;
        for (attempts, least, most) in [
            (1, 3, 7),
            (2, 7, 13),
            (3, 15, 25),
            (12, 2700, 4500),
            (99, 2700, 4500),
        ] {
            let (low, high) = (
                times.pause_by(attempts, 0),
                times.pause_by(attempts, u16::MAX),
            );
            assert!(
                low >= least && high <= most && low < high,
                "{attempts}: {low}..{high}"
            );
        }
    }
}
