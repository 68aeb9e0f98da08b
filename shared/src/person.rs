//! People: names, dates of birth, SNILS, phones; how they are matched and masked.

use crate::sensitive::Sensitive;
use serde::{Deserialize, Serialize};

/// Longest part of a name, in characters.
pub const NAME_MAX: usize = 100;

/// A person as the MIS or ESIA names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Фамилия.
    pub last_name: Sensitive<String>,
    /// Имя.
    pub first_name: Sensitive<String>,
    /// Отчество, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<Sensitive<String>>,
    /// Date of birth.
    pub birth_date: Birthday,
    /// СНИЛС.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snils: Option<Snils>,
    /// Mobile phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
}

/// Why a person's data were refused: which field, and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct PersonError {
    /// Name of the field on the wire.
    pub field: &'static str,
    /// What is wrong, in English, without the value.
    pub why: &'static str,
}

/// What of a person differs from the addressee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mismatch {
    /// Name, first name or patronymic.
    Name,
    /// Date of birth.
    BirthDate,
    /// SNILS.
    Snils,
}

impl Person {
    /// Checks the name's length and characters; the other fields are checked by their types.
    ///
    /// # Errors
    /// Names the field that is empty, too long or holds control characters.
    pub fn check(&self) -> Result<(), PersonError> {
        check_name("last_name", self.last_name.expose())?;
        check_name("first_name", self.first_name.expose())?;
        match &self.middle_name {
            Some(name) => check_name("middle_name", name.expose()),
            None => Ok(()),
        }
    }

    /// `Иванова Мария Петровна`.
    pub fn full_name(&self) -> String {
        let mut name = format!(
            "{} {}",
            self.last_name.expose().trim(),
            self.first_name.expose().trim()
        );
        if let Some(middle) = self
            .middle_name
            .as_ref()
            .map(|m| m.expose().trim())
            .filter(|m| !m.is_empty())
        {
            name.push(' ');
            name.push_str(middle);
        }
        name
    }

    /// `Мария Петровна И.`: how the page greets whoever holds the link, before any identification.
    pub fn greeting(&self) -> String {
        let mut name = self.first_name.expose().trim().to_owned();
        if let Some(middle) = self
            .middle_name
            .as_ref()
            .map(|m| m.expose().trim())
            .filter(|m| !m.is_empty())
        {
            name.push('\u{a0}');
            name.push_str(middle);
        }
        if let Some(initial) = self.last_name.expose().trim().chars().next() {
            name.push('\u{a0}');
            name.push(initial);
            name.push('.');
        }
        name
    }

    /// Compares an identified person with the addressee (`self`).
    ///
    /// Names are equal when they are so after folding case, ё to е, and runs of
    /// spaces and hyphens; a patronymic missing on one side only is a mismatch.
    /// Latin look-alikes are not folded: they do not match. SNILS is compared
    /// when the MIS gave it, and then it must be there.
    ///
    /// # Errors
    /// The first difference found.
    pub fn matches(&self, identified: &Self) -> Result<(), Mismatch> {
        let names = |p: &Self| {
            [
                fold(p.last_name.expose()),
                fold(p.first_name.expose()),
                fold(p.middle_name.as_ref().map_or("", |m| m.expose())),
            ]
        };
        if names(self) != names(identified) {
            return Err(Mismatch::Name);
        }
        if self.birth_date != identified.birth_date {
            return Err(Mismatch::BirthDate);
        }
        if self.snils.is_some() && self.snils != identified.snils {
            return Err(Mismatch::Snils);
        }
        Ok(())
    }
}

/// Date of birth, a real calendar date from 1900 on.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Birthday {
    year: u16,
    month: u8,
    day: u8,
}

impl Birthday {
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

/// Declares a checked personal string: `Debug` prints nothing, the wire form is the text.
macro_rules! checked_text {
    ($(#[$meta:meta])* $name:ident, $error:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Sensitive<String>);

        impl $name {
            /// The value itself.
            pub fn expose(&self) -> &str {
                self.0.expose()
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text).ok_or($error)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0.into_inner()
            }
        }
    };
}

checked_text! {
    /// SNILS: 11 digits with a right control number.
    Snils, "snils is not 11 digits with a right control number"
}

impl Snils {
    /// Takes `11223344595` or `112-233-445 95`.
    ///
    /// Control number (PFR, numbers above 001-001-998): the sum of the first nine
    /// digits weighted 9..1, modulo 101, where 100 counts as 00.
    pub fn parse(text: &str) -> Option<Self> {
        if text
            .chars()
            .any(|c| !(c.is_ascii_digit() || c == '-' || c == ' '))
        {
            return None;
        }
        let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
        if digits.len() != 11 {
            return None;
        }
        let number = digits[..9].iter().fold(0, |n, d| n * 10 + d);
        let sum: u32 = digits[..9]
            .iter()
            .zip((1..=9).rev())
            .map(|(d, weight)| d * weight)
            .sum();
        let control = sum % 101 % 100;
        if number > 1_001_998 && control != digits[9] * 10 + digits[10] {
            return None;
        }
        Some(Self(Sensitive::new(
            digits
                .iter()
                .filter_map(|d| char::from_digit(*d, 10))
                .collect(),
        )))
    }

    /// `***-***-445 95`: the last five digits stay.
    pub fn masked(&self) -> String {
        format!("***-***-{} {}", &self.expose()[6..9], &self.expose()[9..])
    }
}

checked_text! {
    /// A Russian mobile or any other phone in E.164: `+` and 10 to 15 digits.
    Phone, "phone is not in E.164 form (+79161234567)"
}

impl Phone {
    /// Parses E.164; spaces and punctuation are not accepted.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+')?;
        let right = (10..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
            && (!digits.starts_with('7') || digits.len() == 11);
        right.then(|| Self(Sensitive::new(text.to_owned())))
    }

    /// `+7 *** ***-45-67`: the last four digits stay.
    pub fn masked(&self) -> String {
        let digits = self.expose();
        let tail = &digits[digits.len() - 4..];
        let country = if digits.starts_with("+7") { "+7" } else { "+" };
        format!("{country} *** ***-{}-{}", &tail[..2], &tail[2..])
    }
}

checked_text! {
    /// An e-mail address, checked for its shape only.
    Email, "email is not an address"
}

impl Email {
    /// One `@`, something before it, a dot in the domain, no spaces or control characters, up to 254 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        let right = text.len() <= 254
            && !local.is_empty()
            && !domain.contains('@')
            && domain.split('.').count() >= 2
            && domain.split('.').all(|label| !label.is_empty())
            && !text
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>\",;()".contains(c));
        right.then(|| Self(Sensitive::new(text.to_owned())))
    }

    /// `m***@example.ru`: the first character and the domain stay.
    pub fn masked(&self) -> String {
        let (local, domain) = self.expose().split_once('@').unwrap_or_default();
        format!("{}***@{domain}", local.chars().take(1).collect::<String>())
    }
}

fn check_name(field: &'static str, name: &str) -> Result<(), PersonError> {
    let why = if name.trim().is_empty() {
        "is empty"
    } else if name.chars().count() > NAME_MAX {
        "is longer than 100 characters"
    } else if name.chars().any(char::is_control) {
        "has control characters"
    } else {
        return Ok(());
    };
    Err(PersonError { field, why })
}

/// Whether two full names are the same by the rules of [`Person::matches`].
pub fn same_name(one: &str, other: &str) -> bool {
    fold(one) == fold(other)
}

fn fold(name: &str) -> String {
    name.to_lowercase()
        .replace('ё', "е")
        .split(|c: char| {
            c.is_whitespace() || matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{2013}')
        })
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn digits(text: &str) -> Option<u16> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(last: &str, first: &str, middle: Option<&str>) -> Person {
        Person {
            last_name: Sensitive::new(last.into()),
            first_name: Sensitive::new(first.into()),
            middle_name: middle.map(|m| Sensitive::new(m.into())),
            birth_date: Birthday::parse("1985-03-12").unwrap(),
            snils: None,
            phone: None,
            email: None,
        }
    }

    #[test]
    fn snils_control_number() {
        assert_eq!(
            Snils::parse("112-233-445 95").unwrap().expose(),
            "11223344595"
        );
        assert_eq!(
            Snils::parse("11223344595").unwrap().masked(),
            "***-***-445 95"
        );
        for wrong in [
            "11223344594",
            "1122334459",
            "112233445955",
            "1122334459a",
            "",
        ] {
            assert!(Snils::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn phone_and_email_shapes() {
        assert_eq!(
            Phone::parse("+79161234567").unwrap().masked(),
            "+7 *** ***-45-67"
        );
        for wrong in [
            "79161234567",
            "+7916123456",
            "+7916123456a",
            "+0123456789",
            "+",
        ] {
            assert!(Phone::parse(wrong).is_none(), "{wrong}");
        }
        assert!(Email::parse("m@example.ru").is_some());
        for wrong in [
            "m@",
            "@example.ru",
            "m@localhost",
            "a b@example.ru",
            "m@example..ru",
        ] {
            assert!(Email::parse(wrong).is_none(), "{wrong}");
        }
    }

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

    #[test]
    fn names_match_by_the_documented_rule() {
        let addressee = person("Семёнова-Тян", "Алёна", Some("Петровна"));
        assert_eq!(
            addressee.matches(&person("СЕМЕНОВА ТЯН", " алена", Some("петровна"))),
            Ok(())
        );
        assert_eq!(
            addressee.matches(&person("Семёнова-Тян", "Алёна", None)),
            Err(Mismatch::Name)
        );
        let latin = person("Ceмёнова-Тян", "Алёна", Some("Петровна"));
        assert_eq!(
            addressee.matches(&latin),
            Err(Mismatch::Name),
            "Latin C is not Cyrillic С"
        );
        assert_eq!(
            person("Петров", "Пётр", None).matches(&person("Петров", "Петр", Some(""))),
            Ok(())
        );
    }

    #[test]
    fn snils_counts_when_the_mis_gave_it() {
        let mut addressee = person("Иванова", "Мария", None);
        let mut identified = addressee.clone();
        identified.snils = Snils::parse("11223344595");
        assert_eq!(addressee.matches(&identified), Ok(()));
        addressee.snils = Snils::parse("11223344595");
        assert_eq!(addressee.matches(&identified), Ok(()));
        identified.snils = None;
        assert_eq!(addressee.matches(&identified), Err(Mismatch::Snils));
    }

    #[test]
    fn debug_hides_the_person() {
        let mut p = person("Иванова", "Мария", Some("Петровна"));
        p.phone = Phone::parse("+79161234567");
        let shown = format!("{p:?}");
        for hidden in ["Иванова", "Мария", "1985", "7916"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
        assert_eq!(p.greeting(), "Мария\u{a0}Петровна\u{a0}И.");
        assert_eq!(p.full_name(), "Иванова Мария Петровна");
    }
}
