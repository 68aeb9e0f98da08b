//! From what was typed to what the API takes.

use std::collections::BTreeMap;

use podpis_shared::wire::mis::{ClinicSigner, NewDocument, Representative};
use podpis_shared::wire::templates::UseTemplate;
use podpis_shared::{
    Birthday, Delivery, Email, Parties, Person, Phone, Purpose, Sensitive, Snils, Timestamp,
};

use super::{
    BORN, Draft, EMAIL, EXTERNAL_ID, FIRST, LAST, MIDDLE, PATIENT, PHONE, REPRESENTATIVE, SNILS,
    TITLE, field, of_template,
};
use crate::model::clinic::seen::Template;

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing was typed.
    Empty,
    /// No date.
    Date,
    /// No phone.
    Phone,
    /// No address.
    Email,
    /// No SNILS, or a slip in it.
    Snils,
    /// Latin letters among Cyrillic ones, or something that no name has.
    Name,
    /// Neither phone nor e-mail nor SNILS: nobody could find the person's account.
    NoContact,
    /// The server refuses it.
    Refused,
}

/// What is wrong, by the field's name.
pub(crate) type Flaws = BTreeMap<String, Flaw>;

/// As a form takes it: `12.03.1985`, or as the API writes it.
pub(super) fn birthday(typed: &str) -> Option<Birthday> {
    let typed = typed.trim();
    Birthday::parse_dotted(typed).or_else(|| Birthday::parse(typed))
}

/// As people write it: `8 916 123-45-67`.
pub(super) fn phone(typed: &str) -> Option<Phone> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let plain = typed
        .chars()
        .all(|c| c.is_ascii_digit() || "+-() \u{a0}".contains(c));
    let whole = match (digits.len(), typed.trim().starts_with('+')) {
        (_, true) => format!("+{digits}"),
        (11, false) if digits.starts_with('8') => format!("+7{}", &digits[1..]),
        (11, false) => format!("+{digits}"),
        (10, false) => format!("+7{digits}"),
        _ => return None,
    };
    Phone::parse(&whole).filter(|_| plain)
}

impl Draft {
    /// What is sent.
    ///
    /// # Errors
    /// The fields that are wrong.
    pub(crate) fn complete(
        &self,
        template: Option<&Template>,
        now: Timestamp,
    ) -> Result<NewDocument, Flaws> {
        let mut form = Form {
            draft: self,
            flaws: Flaws::new(),
        };
        let signing = self.purpose == Purpose::Signing;
        let title = match (self.text(TITLE).trim(), template) {
            ("", Some(template)) => template.title.clone(),
            ("", None) => form.flaw(TITLE.to_owned(), Flaw::Empty).unwrap_or_default(),
            (title, _) => title.to_owned(),
        };
        let patient = form.person(PATIENT);
        let representative = self.represented.then(|| {
            let person = form.person(REPRESENTATIVE)?;
            Some(Representative {
                person,
                basis: form.needed(&field(REPRESENTATIVE, "basis"))?,
                record_ref: form.needed(&field(REPRESENTATIVE, "record_ref"))?,
                ground: self.ground,
            })
        });
        form.contact();
        let fields = template.map(|template| form.fields(template));
        if !form.flaws.is_empty() {
            return Err(form.flaws);
        }
        let Some(patient) = patient else {
            return Err(form.flaws);
        };
        let kind = self.kind_of(template);
        let clinic = signing && self.parties == Parties::PatientAndClinic;
        let signers = self.signers.iter().map(|role| ClinicSigner {
            role: (*role).into(),
        });
        let external_id = self.text(EXTERNAL_ID).trim().to_owned();
        Ok(NewDocument {
            purpose: self.purpose,
            kind,
            title,
            external_id: Some(external_id).filter(|id| !id.is_empty()),
            patient,
            representative: representative.flatten(),
            delivery: self.delivery,
            method: signing.then_some(self.method),
            parties: signing.then_some(self.parties),
            expires_at: signing.then(|| now.plus(i64::from(self.days) * 86_400)),
            sms_fallback_after_hours: None,
            clinic_signers: (clinic && !self.signers.is_empty()).then(|| signers.collect()),
            clinic_signers_ordered: false,
            template: template.zip(fields).map(|(template, fields)| UseTemplate {
                id: template.id.clone(),
                version: Some(template.version.clone()),
                fields: fields
                    .into_iter()
                    .map(|(name, v)| (name, Sensitive::new(v)))
                    .collect(),
            }),
            file_of: None,
            package: None,
            metadata: None,
        })
    }

    /// What a preview is made of: whatever is there so far.
    pub(crate) fn preview(&self, template: &Template) -> BTreeMap<String, String> {
        let name = |whose: &str| {
            let parts = [LAST, FIRST, MIDDLE].map(|part| self.text(&field(whose, part)).trim());
            let parts = parts.into_iter().filter(|part| !part.is_empty());
            parts.collect::<Vec<_>>().join(" ")
        };
        let born = |whose: &str| {
            let born = birthday(self.text(&field(whose, BORN)));
            born.map_or_else(String::new, String::from)
        };
        template
            .fields
            .iter()
            .filter(|field| field.source != "clinic")
            .filter(|field| self.represented || field.source != "representative")
            .map(|of| {
                let value = match of.name.as_str() {
                    "patient.full_name" => name(PATIENT),
                    "patient.birth_date" => born(PATIENT),
                    "representative.full_name" => name(REPRESENTATIVE),
                    "representative.birth_date" => born(REPRESENTATIVE),
                    "representative.basis" => self.text(&field(REPRESENTATIVE, "basis")).into(),
                    "patient.phone" => self.text(&field(PATIENT, PHONE)).into(),
                    "document.number" => self.text(EXTERNAL_ID).into(),
                    other => self.value(other, &of.kind),
                };
                (of.name.clone(), value)
            })
            .filter(|(_, value)| !value.trim().is_empty())
            .collect()
    }

    /// A template's field as the API takes it.
    fn value(&self, name: &str, kind: &str) -> String {
        let typed = self.text(&of_template(name)).trim();
        if kind == "date" {
            return birthday(typed).map_or_else(String::new, String::from);
        }
        typed.to_owned()
    }
}

/// A form on its way.
struct Form<'a> {
    draft: &'a Draft,
    flaws: Flaws,
}

impl Form<'_> {
    fn flaw<T>(&mut self, name: String, flaw: Flaw) -> Option<T> {
        self.flaws.insert(name, flaw);
        None
    }

    fn needed(&mut self, name: &str) -> Option<String> {
        let text = self.draft.text(name).trim();
        if text.is_empty() {
            return self.flaw(name.to_owned(), Flaw::Empty);
        }
        Some(text.to_owned())
    }

    /// Something that may be left out; what is typed must be right.
    fn optional<T>(
        &mut self,
        name: String,
        flaw: Flaw,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.draft.text(&name).trim();
        if text.is_empty() {
            return None;
        }
        parse(text).or_else(|| self.flaw(name, flaw))
    }

    fn person(&mut self, whose: &str) -> Option<Person> {
        let last = self.needed(&field(whose, LAST));
        let first = self.needed(&field(whose, FIRST));
        let middle = self.draft.text(&field(whose, MIDDLE)).trim().to_owned();
        let born = self.needed(&field(whose, BORN));
        let birth_date = born
            .and_then(|born| birthday(&born).or_else(|| self.flaw(field(whose, BORN), Flaw::Date)));
        let person = Person {
            last_name: Sensitive::new(last?),
            first_name: Sensitive::new(first?),
            middle_name: Some(middle).filter(|m| !m.is_empty()).map(Sensitive::new),
            birth_date: Some(birth_date?),
            snils: self.optional(field(whose, SNILS), Flaw::Snils, Snils::parse),
            phone: self.optional(field(whose, PHONE), Flaw::Phone, phone),
            email: self.optional(field(whose, EMAIL), Flaw::Email, Email::parse),
        };
        match person.check() {
            Ok(()) => Some(person),
            Err(error) => self.flaw(field(whose, error.field), Flaw::Name),
        }
    }

    /// Whoever signs must be reached.
    fn contact(&mut self) {
        let whose = if self.draft.represented {
            REPRESENTATIVE
        } else {
            PATIENT
        };
        let name = field(whose, PHONE);
        let empty = |part: &str| self.draft.text(&field(whose, part)).trim().is_empty();
        if self.flaws.contains_key(&name) || !empty(PHONE) {
            return;
        }
        if self.draft.delivery == Delivery::Link {
            self.flaws.insert(name, Flaw::Empty);
        } else if empty(EMAIL) && empty(SNILS) {
            self.flaws.insert(name, Flaw::NoContact);
        }
    }

    fn fields(&mut self, template: &Template) -> BTreeMap<String, String> {
        let mut values = BTreeMap::new();
        for of in template.fields.iter().filter(|field| field.is_ours()) {
            let represents = of.name.starts_with("representative.");
            if represents && !self.draft.represented {
                continue;
            }
            let name = of_template(&of.name);
            let typed = self.draft.text(&name).trim().is_empty();
            let value = self.draft.value(&of.name, &of.kind);
            if typed {
                if of.is_needed(self.draft.represented) {
                    self.flaws.insert(name, Flaw::Empty);
                }
            } else if value.is_empty() {
                self.flaws.insert(name, Flaw::Date);
            } else {
                values.insert(of.name.clone(), value);
            }
        }
        values
    }
}
