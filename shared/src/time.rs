//! Instants in UTC, as RFC 3339 for machines and in Moscow time for people.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// An instant with a precision of one second, in UTC.
///
/// On the wire: RFC 3339 with `Z`. Inputs with another offset are converted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Moscow has been at UTC+3 without summer time since 26 October 2014 (248-FZ).
const MOSCOW: UtcOffset = time::macros::offset!(+3);

pub(crate) const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// A month of 1 to 12 as it stands in a date: `ноября`.
pub fn month_of_date(number: u8) -> Option<&'static str> {
    let index = usize::from(number).checked_sub(1)?;
    MONTHS.get(index).copied()
}

impl Timestamp {
    /// 9999-12-31T23:59:59Z: the last instant that RFC 3339 can write.
    pub const MAX: Self = Self(253_402_300_799);

    /// From seconds since 1970-01-01T00:00:00Z; out of range is cut to the nearest end.
    pub const fn from_unix(seconds: i64) -> Self {
        Self(if seconds < 0 {
            0
        } else if seconds > Self::MAX.0 {
            Self::MAX.0
        } else {
            seconds
        })
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// Parses RFC 3339. `None` where the text is something else or before 1970.
    pub fn parse(text: &str) -> Option<Self> {
        let seconds = OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp();
        (0..=Self::MAX.0)
            .contains(&seconds)
            .then_some(Self(seconds))
    }

    /// Later by so many seconds.
    pub const fn plus(self, seconds: i64) -> Self {
        Self::from_unix(self.0.saturating_add(seconds))
    }

    /// `22.11.2026 14:05:31 МСК (UTC+3)`: the form of the protocol page.
    pub fn moscow(self) -> String {
        let t = self.in_moscow();
        format!(
            "{:02}.{:02}.{} {:02}:{:02}:{:02} МСК (UTC+3)",
            t.day(),
            u8::from(t.month()),
            t.year(),
            t.hour(),
            t.minute(),
            t.second()
        )
    }

    /// `22 ноября 2026, 14:05 (МСК)`: the form for people, with no-break spaces inside the date.
    pub fn moscow_words(self) -> String {
        let t = self.in_moscow();
        let month = MONTHS[usize::from(u8::from(t.month())) - 1];
        format!(
            "{}\u{a0}{month} {}, {:02}:{:02} (МСК)",
            t.day(),
            t.year(),
            t.hour(),
            t.minute()
        )
    }

    /// The calendar date in Moscow as `(year, month, day)`.
    pub fn moscow_date(self) -> (i32, u8, u8) {
        let t = self.in_moscow();
        (t.year(), u8::from(t.month()), t.day())
    }

    /// The first moment of a day in Moscow.
    pub fn moscow_midnight(day: time::Date) -> Self {
        Self::from_unix(day.midnight().assume_offset(MOSCOW).unix_timestamp())
    }

    /// Moscow's clock. The last hours that can be written in UTC are year 10000 there: they are shown as the last moment of 9999.
    fn in_moscow(self) -> OffsetDateTime {
        let last = Self::MAX.0 - i64::from(MOSCOW.whole_seconds());
        Self(self.0.min(last)).at().to_offset(MOSCOW)
    }

    /// For libraries that take the `time` crate's type.
    pub fn at(self) -> OffsetDateTime {
        // The range is kept by every constructor, so the fallback is never seen.
        OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.at();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second()
        )
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time", "description": "RFC 3339, UTC with Z" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_and_human_forms() {
        let t = Timestamp::parse("2026-11-22T11:05:31Z").unwrap();
        assert_eq!(t.to_string(), "2026-11-22T11:05:31Z");
        assert_eq!(t.moscow(), "22.11.2026 14:05:31 МСК (UTC+3)");
        assert_eq!(t.moscow_words(), "22\u{a0}ноября 2026, 14:05 (МСК)");
        assert_eq!(
            Timestamp::parse("2026-12-01T02:00:00+03:00")
                .unwrap()
                .to_string(),
            "2026-11-30T23:00:00Z"
        );
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "2026-12-01",
            "2026-13-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "завтра",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_begins_at_21_utc() {
        let day = time::macros::date!(2027 - 01 - 01);
        let midnight = Timestamp::parse("2026-12-31T21:00:00Z").unwrap();
        assert_eq!(Timestamp::moscow_midnight(day), midnight);
    }

    #[test]
    fn the_end_of_time_has_a_name_in_moscow() {
        assert_eq!(Timestamp::MAX.moscow_date(), (9999, 12, 31));
        assert!(Timestamp::MAX.moscow_words().contains("9999, 23:59"));
        assert!(Timestamp::MAX.moscow().starts_with("31.12.9999 23:59:59"));
    }

    #[test]
    fn moscow_day_turns_at_21_utc() {
        assert_eq!(
            Timestamp::parse("2026-12-31T21:00:00Z")
                .unwrap()
                .moscow_date(),
            (2027, 1, 1)
        );
    }
}
