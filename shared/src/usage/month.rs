//! Months of account, in Moscow time, and when they close.

use crate::Timestamp;
use serde::{Serialize, Serializer};
use std::fmt;

const HOUR: i64 = 3600;

/// How long after its end a month takes rows of what happened in it.
const TAKES: i64 = 71 * HOUR;

/// How long after its end it is closed. The hour between is longer than any transaction lives: what was begun in time is
/// there when somebody reads that the month is closed.
const CLOSES: i64 = 72 * HOUR;

/// A calendar month in Moscow, whatever the clinic's time zone: one operator keeps one set of books. On the wire `YYYY-MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u8,
}

impl Month {
    /// Parses `YYYY-MM`, of the years 1970 to 9998.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let (year, month) = text.split_once('-')?;
        if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
            return None;
        }
        Self::new(year.parse().ok()?, month.parse().ok()?)
    }

    /// The month of an instant.
    pub fn of(at: Timestamp) -> Self {
        let (year, month, _) = at.moscow_date();
        Self { year, month }
    }

    /// The month whose account has a row of something that happened at `at` and was recorded at `recorded`: its own while
    /// that takes rows, else that of the recording. So a closed month never changes, and nothing is lost.
    pub fn of_row(at: Timestamp, recorded: Timestamp) -> Self {
        let own = Self::of(at.min(recorded));
        if recorded < own.takes_until() {
            own
        } else {
            Self::of(recorded)
        }
    }

    /// The earliest month that still takes rows, and so tariffs.
    pub fn first_open(now: Timestamp) -> Self {
        let this = Self::of(now);
        let earlier = this.earlier();
        if now < earlier.takes_until() {
            earlier
        } else {
            this
        }
    }

    /// As one number, for storing: 202611.
    pub fn number(self) -> i64 {
        i64::from(self.year) * 100 + i64::from(self.month)
    }

    /// Its first moment.
    pub fn begins_at(self) -> Timestamp {
        let month = time::Month::try_from(self.month).unwrap_or(time::Month::January);
        // The range is kept by every constructor, so the fallback is never seen.
        let day = time::Date::from_calendar_date(self.year, month, 1).unwrap_or(time::Date::MAX);
        Timestamp::moscow_midnight(day)
    }

    /// The first moment after it.
    pub fn ends_at(self) -> Timestamp {
        self.later().begins_at()
    }

    /// From when on it never changes again: 72 hours after its end.
    pub fn closes_at(self) -> Timestamp {
        self.ends_at().plus(CLOSES)
    }

    /// Whether it never changes again.
    pub fn is_closed(self, now: Timestamp) -> bool {
        now >= self.closes_at()
    }

    fn takes_until(self) -> Timestamp {
        self.ends_at().plus(TAKES)
    }

    fn new(year: i32, month: u8) -> Option<Self> {
        let real = (1970..=9998).contains(&year) && (1..=12).contains(&month);
        real.then_some(Self { year, month })
    }

    const fn later(self) -> Self {
        match self.month {
            12 => Self {
                year: self.year + 1,
                month: 1,
            },
            month => Self {
                year: self.year,
                month: month + 1,
            },
        }
    }

    const fn earlier(self) -> Self {
        match self.month {
            1 => Self {
                year: self.year - 1,
                month: 12,
            },
            month => Self {
                year: self.year,
                month: month - 1,
            },
        }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Month {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Month".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$", "description": "`YYYY-MM`" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn month(text: &str) -> Month {
        Month::parse(text).unwrap()
    }

    #[test]
    fn months_are_moscows() {
        assert_eq!(Month::of(at("2026-11-30T20:59:59Z")), month("2026-11"));
        assert_eq!(Month::of(at("2026-11-30T21:00:00Z")), month("2026-12"));
        assert_eq!(month("2026-12").begins_at(), at("2026-11-30T21:00:00Z"));
        assert_eq!(month("2026-12").ends_at(), at("2026-12-31T21:00:00Z"));
        assert_eq!(month("2026-12").closes_at(), at("2027-01-03T21:00:00Z"));
        assert_eq!(month("2026-12").number(), 202_612);
        assert_eq!(month("2026-01").to_string(), "2026-01");
    }

    #[test]
    fn what_is_no_month() {
        for text in [
            "",
            "2026",
            "2026-13",
            "2026-00",
            "2026-1",
            "26-01",
            "2026-011",
            "+026-01",
            "0000-01",
            "9999-12",
            "2026-11-01",
        ] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_late_row_goes_to_the_month_of_its_recording() {
        let happened = at("2026-11-30T20:59:59Z");
        let row = |recorded| Month::of_row(happened, at(recorded)).to_string();
        assert_eq!(row("2026-11-30T21:00:00Z"), "2026-11");
        assert_eq!(row("2026-12-03T19:59:59Z"), "2026-11");
        assert_eq!(row("2026-12-03T20:00:00Z"), "2026-12");
        assert_eq!(row("2027-03-01T00:00:00Z"), "2027-03");
        // A clock that went back does not make a row of the future.
        assert_eq!(
            Month::of_row(at("2027-01-01T00:00:00Z"), at("2026-11-05T00:00:00Z")),
            month("2026-11")
        );
    }

    #[test]
    fn the_first_open_month() {
        let open = |now| Month::first_open(at(now)).to_string();
        assert_eq!(open("2026-12-03T19:59:59Z"), "2026-11");
        assert_eq!(open("2026-12-03T20:00:00Z"), "2026-12");
        assert_eq!(open("2027-01-01T00:00:00Z"), "2026-12");
    }

    proptest! {
        #[test]
        fn no_row_is_recorded_into_a_closed_month(at in 0i64..8_000_000_000, later in 0i64..20_000_000) {
            let (at, recorded) = (Timestamp::from_unix(at), Timestamp::from_unix(at + later));
            let month = Month::of_row(at, recorded);
            prop_assert!(!month.is_closed(recorded.plus(HOUR - 1)));
            prop_assert!(month == Month::of(at) || Month::of(at) < month);
            prop_assert!(month >= Month::first_open(recorded));
            prop_assert_eq!(Month::parse(&month.to_string()), Some(month));
            prop_assert_eq!(month.later().earlier(), month);
        }
    }
}
