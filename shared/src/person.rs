//! People: who they are, and when a person who identified themselves is the addressee (`docs/matching.md`).

mod birthday;
mod checked;
mod contact;
mod name;
mod snils;

pub use birthday::Birthday;
pub use contact::{Email, Phone};
pub use name::same as same_name;
pub use snils::Snils;

use crate::sensitive::Sensitive;
use serde::{Deserialize, Serialize};

/// Longest part of a name, in characters.
pub const NAME_MAX: usize = 100;

/// A person as the MIS or ESIA names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Person {
    /// Фамилия.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = NAME_MAX)))]
    pub last_name: Sensitive<String>,
    /// Имя.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = NAME_MAX)))]
    pub first_name: Sensitive<String>,
    /// Отчество, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = NAME_MAX)))]
    pub middle_name: Option<Sensitive<String>>,
    /// Date of birth; `None` only of the holder of a phone or e-mail whom nobody has named ([`Person::holder`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    // A clinic has to name it: [`Person::check`].
    #[cfg_attr(feature = "schema", schemars(!default, required, description = "Date of birth"))]
    pub birth_date: Option<Birthday>,
    /// СНИЛС: 11 digits, checked by the control number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snils: Option<Snils>,
    /// Mobile phone, E.164: `+79161234567`.
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
    /// The name, but only by Latin letters that look like Cyrillic ones.
    Latin,
}

impl Person {
    /// Checks the name as a MIS sends it; the other fields are checked by their types.
    ///
    /// # Errors
    /// Names the field: as [`Person::check_form`], or where it mixes Cyrillic with another alphabet, since then nobody
    /// could ever sign.
    pub fn check(&self) -> Result<(), PersonError> {
        self.check_form()?;
        if self.birth_date.is_none() {
            let (field, why) = ("birth_date", "is missing");
            return Err(PersonError { field, why });
        }
        let mixed = self.names().find(|(_, name)| name::is_mixed(name));
        mixed.map_or(Ok(()), |(field, _)| {
            let why = "mixes Cyrillic letters with those of another alphabet";
            Err(PersonError { field, why })
        })
    }

    /// Checks the name's length and characters, as far as they concern whoever stores and shows it.
    ///
    /// # Errors
    /// Names the field that is empty, too long or holds control characters.
    pub fn check_form(&self) -> Result<(), PersonError> {
        self.names()
            .try_for_each(|(field, name)| check_name(field, name))
    }

    /// Whoever holds a phone or an e-mail, proven by a code, where no clinic and not ESIA has named them yet.
    pub fn holder(phone: Option<Phone>, email: Option<Email>) -> Self {
        Self {
            last_name: Sensitive::default(),
            first_name: Sensitive::default(),
            middle_name: None,
            birth_date: None,
            snils: None,
            phone,
            email,
        }
    }

    /// Whether somebody has named this person.
    pub fn is_named(&self) -> bool {
        !self.last_name.expose().is_empty()
    }

    /// `Иванова Мария Петровна`; `владелец номера +79161234567` of whom nobody has named.
    pub fn full_name(&self) -> String {
        if !self.is_named() {
            return match (&self.phone, &self.email) {
                (Some(phone), _) => format!("владелец номера {}", phone.expose()),
                (None, Some(email)) => format!("владелец адреса {}", email.expose()),
                (None, None) => "имя не названо".into(),
            };
        }
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
        if !self.is_named() {
            return self.full_name();
        }
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

    /// Compares an identified person with the addressee (`self`) by the rule of `docs/matching.md`.
    ///
    /// Each part of the name by [`same_name`]; a patronymic on one side only is a mismatch. The date of birth always;
    /// SNILS when the MIS gave it, and then it must be there.
    ///
    /// # Errors
    /// The first difference found.
    pub fn matches(&self, identified: &Self) -> Result<(), Mismatch> {
        let all = |alike: fn(&str, &str) -> bool| {
            let mut pairs = self.parts().into_iter().zip(identified.parts());
            pairs.all(|(ours, theirs)| alike(ours, theirs))
        };
        if !all(name::same) {
            return Err(if all(name::look_alike) {
                Mismatch::Latin
            } else {
                Mismatch::Name
            });
        }
        if self.birth_date.is_none() || self.birth_date != identified.birth_date {
            return Err(Mismatch::BirthDate);
        }
        if self.snils.is_some() && self.snils != identified.snils {
            return Err(Mismatch::Snils);
        }
        Ok(())
    }

    /// The three parts, an absent patronymic as an empty one.
    fn parts(&self) -> [&str; 3] {
        [
            self.last_name.expose(),
            self.first_name.expose(),
            self.middle_name.as_ref().map_or("", |name| name.expose()),
        ]
    }

    /// The parts that there are, each with its name on the wire.
    fn names(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let middle = self.middle_name.as_ref();
        [
            ("last_name", self.last_name.expose().as_str()),
            ("first_name", self.first_name.expose()),
        ]
        .into_iter()
        .chain(middle.map(|name| ("middle_name", name.expose().as_str())))
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

#[cfg(test)]
mod tests;
