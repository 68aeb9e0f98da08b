//! Calendar days, as acts name them.

use crate::person::Birthday;
use crate::time::{MONTHS, Timestamp};
use serde::{Deserialize, Serialize};
use time::Duration;

/// A calendar day; on the wire `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(time::Date);

impl Day {
    /// Parses `YYYY-MM-DD`; `None` where the text is no real day.
    pub fn parse(text: &str) -> Option<Self> {
        let form = time::macros::format_description!("[year]-[month]-[day]");
        time::Date::parse(text, form).ok().map(Self)
    }

    /// As `(year, month, day)`: the form of [`crate::Timestamp::moscow_date`], in the order of the calendar.
    pub const fn triple(self) -> (i32, u8, u8) {
        (self.0.year(), self.0.month() as u8, self.0.day())
    }

    /// The first day on which somebody is so many years old, as [`Birthday::age_on`] counts: who was born on 29 February has
    /// the birthday of a common year on 1 March.
    pub fn of_age(born: Birthday, years: i32) -> Self {
        let date = born.date();
        let (year, next) = (date.year().saturating_add(years), time::Month::March);
        let day = date
            .replace_year(year)
            .or_else(|_| time::Date::from_calendar_date(year, next, 1));
        Self(day.unwrap_or(time::Date::MAX))
    }

    /// Its first moment in Moscow.
    pub fn midnight(self) -> Timestamp {
        Timestamp::moscow_midnight(self.0)
    }

    /// Earlier by so many days.
    #[must_use]
    pub const fn minus(self, days: i64) -> Self {
        Self(self.0.saturating_sub(Duration::days(days)))
    }

    /// `1 марта 2028 года`: the form for people, with no-break spaces.
    pub fn words(self) -> String {
        let month = MONTHS[usize::from(u8::from(self.0.month())) - 1];
        format!("{}\u{a0}{month} {}\u{a0}года", self.0.day(), self.0.year())
    }
}

impl TryFrom<String> for Day {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a day YYYY-MM-DD")
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        let (year, month, day) = day.triple();
        format!("{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Day {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_real_and_say_themselves() {
        let day = Day::parse("2028-03-01").unwrap();
        assert_eq!(day.triple(), (2028, 3, 1));
        assert_eq!(day.words(), "1\u{a0}марта 2028\u{a0}года");
        assert_eq!(String::from(day), "2028-03-01");
        assert_eq!(String::from(day.minus(90)), "2027-12-02");
        for wrong in ["2027-02-29", "2027-2-1", "01.02.2027", ""] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
    }
}
