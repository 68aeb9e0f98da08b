//! What a template is filled with.

use crate::person::Person;
use crate::policy::Day;
use crate::sensitive::Sensitive;
use crate::wire::mis::Representative;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization as _;

/// Values by the names of their fields. `Debug` shows the names only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Values(BTreeMap<String, Sensitive<String>>);

/// What a clinic's documents say of it beside its name: part of its settings. Each is a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClinicDetails {
    /// Address of its place, up to 300 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(max = 300)))]
    pub address: Option<String>,
    /// Number and date of its licence, up to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(max = 100)))]
    pub license: Option<String>,
    /// Its phone as it is printed, up to 40 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(max = 40)))]
    pub phone: Option<String>,
}

/// A clinic as documents name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClinicFacts {
    /// Name as registered.
    pub name: String,
    /// ИНН.
    pub inn: String,
    /// ОГРН.
    pub ogrn: Option<String>,
    /// Address, licence, phone.
    pub details: ClinicDetails,
}

impl Values {
    /// Sets a value; an empty one takes it away. Signs that can't be seen are left out, composed letters stand for
    /// letters with marks beside them (NFC).
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        let value: String = value.nfc().filter(|c| !is_invisible(*c)).collect();
        if value.trim().is_empty() {
            self.0.remove(name);
        } else {
            self.0.insert(name.to_owned(), Sensitive::new(value));
        }
        self
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.expose().as_str())
    }

    /// The names that have a value.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Takes in name, date of birth and phone of the patient.
    pub fn patient(&mut self, person: &Person) -> &mut Self {
        self.person("patient", person)
    }

    /// Likewise of a representative, with the basis.
    pub fn representative(&mut self, representative: &Representative) -> &mut Self {
        self.person("representative", &representative.person)
            .set("representative.basis", &representative.basis)
    }

    /// Takes in the clinic.
    pub fn clinic(&mut self, clinic: &ClinicFacts) -> &mut Self {
        let details = &clinic.details;
        self.set("clinic.name", &clinic.name)
            .set("clinic.inn", &clinic.inn);
        for (name, value) in [
            ("clinic.ogrn", &clinic.ogrn),
            ("clinic.address", &details.address),
            ("clinic.license", &details.license),
            ("clinic.phone", &details.phone),
        ] {
            self.set(name, value.as_deref().unwrap_or_default());
        }
        self
    }

    /// Takes in the day of the document.
    pub fn date(&mut self, day: Day) -> &mut Self {
        self.set("document.date", &String::from(day))
    }

    fn person(&mut self, whose: &str, person: &Person) -> &mut Self {
        let born = person.birth_date.map(String::from).unwrap_or_default();
        let phone = person.phone.as_ref().map_or("", |phone| phone.expose());
        self.set(&format!("{whose}.full_name"), &person.full_name())
            .set(&format!("{whose}.birth_date"), &born)
            .set(&format!("{whose}.phone"), phone)
    }
}

impl ClinicDetails {
    /// Whether they fit the fields of templates.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), String> {
        for (name, value) in [
            ("address", &self.address),
            ("license", &self.license),
            ("phone", &self.phone),
        ] {
            let max = super::field(&format!("clinic.{name}")).map_or(0, |field| field.max);
            let fits = |text: &String| {
                (1..=max).contains(&text.trim().chars().count())
                    && !text.chars().any(char::is_control)
            };
            if !value.as_ref().is_none_or(fits) {
                return Err(format!("details.{name} is a line of 1 to {max} characters"));
            }
        }
        Ok(())
    }
}

/// What copying from elsewhere leaves behind: soft hyphen, joiners, marks of direction, byte order mark.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
    )
}
