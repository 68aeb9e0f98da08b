//! Dates of birth.

use serde::{Deserialize, Serialize};

/// Date of birth, a real calendar date from 1900 on.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Birthday {
    year: u16,
    month: u8,
    day: u8,
}

impl Birthday {
    /// The latest date that there is: for who must count as too young, because their own is missing.
    pub const LATEST: Self = Self {
        year: 2200,
        month: 12,
        day: 31,
    };

    /// Parses `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (y, m, d) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || (y.len(), m.len(), d.len()) != (4, 2, 2) {
            return None;
        }
        Self::new(
            digits(y)?,
            u8::try_from(digits(m)?).ok()?,
            u8::try_from(digits(d)?).ok()?,
        )
    }

    /// Parses `DD.MM.YYYY`, the form of ESIA.
    pub fn parse_dotted(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (d, m, y) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || (d.len(), m.len(), y.len()) != (2, 2, 4) {
            return None;
        }
        Self::new(
            digits(y)?,
            u8::try_from(digits(m)?).ok()?,
            u8::try_from(digits(d)?).ok()?,
        )
    }

    /// Full years on a day.
    pub const fn age_on(self, (year, month, day): (i32, u8, u8)) -> i32 {
        let age = year - self.year as i32;
        if month < self.month || (month == self.month && day < self.day) {
            age - 1
        } else {
            age
        }
    }

    /// `12.03.1985`.
    pub fn dotted(self) -> String {
        format!("{:02}.{:02}.{:04}", self.day, self.month, self.year)
    }

    /// For libraries that take the `time` crate's type.
    pub fn date(self) -> time::Date {
        let month = time::Month::try_from(self.month).unwrap_or(time::Month::January);
        // Every constructor has checked that the date is real, so the fallback is never seen.
        time::Date::from_calendar_date(i32::from(self.year), month, self.day)
            .unwrap_or(time::Date::MIN)
    }

    fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let real = time::Month::try_from(month).ok()?;
        let _ = time::Date::from_calendar_date(i32::from(year), real, day).ok()?;
        (1900..=2200)
            .contains(&year)
            .then_some(Self { year, month, day })
    }
}

impl std::fmt::Debug for Birthday {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hidden]")
    }
}

impl TryFrom<String> for Birthday {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("birth_date is not a date YYYY-MM-DD")
    }
}

impl From<Birthday> for String {
    fn from(b: Birthday) -> Self {
        format!("{:04}-{:02}-{:02}", b.year, b.month, b.day)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Birthday {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Birthday".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}

fn digits(text: &str) -> Option<u16> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_real() {
        assert_eq!(
            Birthday::parse("1985-03-12"),
            Birthday::parse_dotted("12.03.1985")
        );
        for wrong in [
            "1985-02-30",
            "1985-3-12",
            "12.03.1985",
            "1899-01-01",
            "1985-03-12T00:00",
        ] {
            assert!(Birthday::parse(wrong).is_none(), "{wrong}");
        }
        let born = Birthday::parse("2011-11-23").unwrap();
        assert_eq!(born.age_on((2026, 11, 22)), 14);
        assert_eq!(born.age_on((2026, 11, 23)), 15);
    }
}
