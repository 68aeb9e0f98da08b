//! A document that is being filled in: what was typed, what the law lets choose, and what it comes to.

mod read;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use podpis_shared::policy::{self, Acting, Agreement, Allowed, Ground, Question, Refusal, Table};
use podpis_shared::{Birthday, Delivery, Kind, Method, Parties, Purpose, Timestamp};

use super::seen::Template;

pub(crate) use read::{Flaw, Flaws};

/// Names of the fields, as the API calls them: an error that names one finds it.
pub(crate) const TITLE: &str = "title";
pub(crate) const EXTERNAL_ID: &str = "external_id";

/// The fields of a person, after `patient.` or `representative.`.
pub(crate) const LAST: &str = "last_name";
pub(crate) const FIRST: &str = "first_name";
pub(crate) const MIDDLE: &str = "middle_name";
pub(crate) const BORN: &str = "birth_date";
pub(crate) const PHONE: &str = "phone";
pub(crate) const EMAIL: &str = "email";
pub(crate) const SNILS: &str = "snils";

/// Whose fields they are.
pub(crate) const PATIENT: &str = "patient";
pub(crate) const REPRESENTATIVE: &str = "representative";

/// Years of somebody whose date of birth is not typed yet.
const ADULT: i32 = 40;
const CHILD: i32 = 7;

/// The form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    /// Id of the template; `None`: the clinic's own file.
    pub(crate) template: Option<String>,
    /// Kind of the clinic's own file.
    pub(crate) kind: Kind,
    /// What it is sent for.
    pub(crate) purpose: Purpose,
    /// How it reaches the person.
    pub(crate) delivery: Delivery,
    /// How the person signs.
    pub(crate) method: Method,
    /// Whose signatures it needs.
    pub(crate) parties: Parties,
    /// Whose signatures of the clinic; any one where empty.
    pub(crate) signers: Vec<&'static str>,
    /// Somebody signs on the patient's behalf.
    pub(crate) represented: bool,
    /// Why.
    pub(crate) ground: Ground,
    /// Days until the end.
    pub(crate) days: u16,
    /// What was typed, by the field's name.
    texts: BTreeMap<String, String>,
    /// Fields that were typed into since the last look at them.
    told: BTreeSet<String>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            template: Some("ids".into()),
            kind: Kind::Other,
            purpose: Purpose::Signing,
            delivery: Delivery::Link,
            method: Method::Esia,
            parties: Parties::PatientAndClinic,
            signers: Vec::new(),
            represented: false,
            ground: Ground::Minor,
            days: 30,
            texts: BTreeMap::new(),
            told: BTreeSet::new(),
        }
    }
}

/// A way to sign or to be reached, and what the law says of it.
pub(crate) type Said = Result<Allowed, Refusal>;

impl Draft {
    /// What was typed into a field.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    /// Something was typed.
    pub(crate) fn set(&mut self, name: String, value: String) {
        self.told.insert(name.clone());
        self.texts.insert(name, value);
    }

    /// The person has changed the field since its error was told.
    pub(crate) fn is_changed(&self, name: &str) -> bool {
        self.told.contains(name)
    }

    /// Every error is told anew.
    pub(crate) fn told(&mut self) {
        self.told.clear();
    }

    /// The next document of the same kind: everything of the person is gone.
    pub(crate) fn next(&self) -> Self {
        Self {
            represented: false,
            texts: BTreeMap::new(),
            told: BTreeSet::new(),
            ..self.clone()
        }
    }

    /// Kind of what is being sent.
    pub(crate) fn kind_of(&self, template: Option<&Template>) -> Kind {
        template.map_or(self.kind, |template| template.kind)
    }

    /// Another kind, template, way or party makes others impossible: the nearest that is allowed takes their place.
    pub(crate) fn settle(&mut self, kind: Kind, now: Timestamp) {
        // What is made here was signed nowhere else.
        if self.template.is_some() {
            self.purpose = Purpose::Signing;
        }
        if kind.needs_medic() {
            self.parties = Parties::PatientAndClinic;
        }
        if self.purpose == Purpose::Keeping {
            self.delivery = Delivery::Account;
            return;
        }
        if self.way(kind, self.method, Delivery::Account, now).is_err() {
            self.method = Method::Esia;
        }
        if self.way(kind, self.method, self.delivery, now).is_err() && self.method == Method::Sms {
            self.delivery = Delivery::Account;
        }
    }

    /// What the law says of a way to sign; whose birthday is not typed yet is taken for an adult, or for a child where somebody
    /// else signs.
    pub(crate) fn way(
        &self,
        kind: Kind,
        method: Method,
        delivery: Delivery,
        now: Timestamp,
    ) -> Said {
        let today = now.moscow_date();
        let (patient, acting) = self.people(now);
        let question = Question {
            kind,
            delivery,
            method,
            patient_born: Some(patient),
            acting,
            agreement: Agreement::NotAsked,
            today,
        };
        policy::decide(Table::builtin(), question)
    }

    /// What the law says of what is chosen.
    pub(crate) fn chosen(&self, kind: Kind, now: Timestamp) -> Result<Option<Allowed>, Refusal> {
        if self.purpose == Purpose::Keeping {
            let (patient, acting) = self.people(now);
            let today = now.moscow_date();
            policy::may_receive(Table::builtin(), kind, Some(patient), acting, today)?;
            return Ok(None);
        }
        self.way(kind, self.method, self.delivery, now).map(Some)
    }

    fn people(&self, now: Timestamp) -> (Birthday, Option<Acting>) {
        let (year, month, day) = now.moscow_date();
        let years_ago = |years: i32| {
            let day = day.min(28);
            let text = format!("{:04}-{month:02}-{day:02}", year - years);
            Birthday::parse(&text).unwrap_or(Birthday::LATEST)
        };
        let born = |whose: &str, years| {
            read::birthday(self.text(&field(whose, BORN))).unwrap_or_else(|| years_ago(years))
        };
        let small = self.represented && self.ground != Ground::Incapable;
        let patient = born(PATIENT, if small { CHILD } else { ADULT });
        let acting = self.represented.then(|| Acting {
            born: born(REPRESENTATIVE, ADULT),
            ground: self.ground,
        });
        (patient, acting)
    }
}

/// `patient.phone`.
pub(crate) fn field(whose: &str, name: &str) -> String {
    format!("{whose}.{name}")
}

/// Name of a template's field in the form.
pub(crate) fn of_template(name: &str) -> String {
    format!("template.{name}")
}

/// The fields that an error of the API names, of those that there are.
pub(crate) fn named(detail: &str, fields: impl IntoIterator<Item = String>) -> Vec<String> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let stands = |name: &str| {
        detail.match_indices(name).any(|(at, found)| {
            let before = detail[..at].chars().next_back();
            let after = detail[at + found.len()..].chars().next();
            // `patient.full_name.` ends a sentence.
            !before.is_some_and(word) && !after.is_some_and(|c| word(c) && c != '.')
        })
    };
    let own = |name: &String| stands(name.strip_prefix("template.").unwrap_or(name));
    fields.into_iter().filter(own).collect()
}
