//! From a row to a request.

use super::columns::{self, Column, Columns, Part, Whose};
use super::fill::fill;
use super::table::Row;
use super::words::{EMPTY, ground, name_reason};
use super::{CellError, Common, Line, MadeOf, Request, typed};
use crate::document::{Delivery, Purpose};
use crate::hash::sha256_hex;
use crate::person::{Birthday, Person};
use crate::policy::{self, Agreement, Question, Table};
use crate::sensitive::Sensitive;
use crate::templates::FieldKind;
use crate::time::Timestamp;
use crate::wire::mis::{EXTERNAL_ID_MAX, NewDocument, Representative, TITLE_MAX};
use crate::wire::templates::UseTemplate;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization as _;

/// A row while it is read; what is wrong gathers in `errors`.
struct Reader<'a> {
    row: &'a Row,
    columns: &'a Columns,
    today: (i32, u8, u8),
    errors: Vec<CellError>,
}

/// See [`super::read`].
pub(super) fn read(
    row: &Row,
    columns: &Columns,
    common: &Common,
    policy: &Table,
    now: Timestamp,
) -> Line {
    let mut reader = Reader {
        row,
        columns,
        today: now.moscow_date(),
        errors: Vec::new(),
    };
    let document = reader.document(common, policy);
    let request = match (document, reader.errors) {
        (Some(document), errors) if errors.is_empty() => request(document, common),
        (_, errors) => Err(errors),
    };
    Line {
        row: row.number,
        who: Sensitive::new(who(row, columns)),
        request,
    }
}

/// The request with its key. With one file for all a document without a number gets one; of a template it would be printed.
fn request(mut document: NewDocument, common: &Common) -> Result<Request, Vec<CellError>> {
    let json = serde_json::to_string(&document)
        .map_err(|_| vec![CellError::line("строку не удалось записать как запрос")])?;
    let file = match &common.made_of {
        MadeOf::File { sha256 } => sha256,
        MadeOf::Template { .. } => "",
    };
    let key = sha256_hex(format!("{file}\n{json}").as_bytes());
    if !file.is_empty() && document.external_id.is_none() {
        document.external_id = Some(format!("csv-{}", &key[..12]));
    }
    Ok(Request {
        document,
        key: format!("bulk-{key}"),
    })
}

fn who(row: &Row, columns: &Columns) -> String {
    let parts = [Part::Full, Part::Last, Part::First, Part::Middle];
    let values = parts
        .iter()
        .filter_map(|part| columns.value(&row.values, Column::Person(Whose::Patient, *part)));
    values.collect::<Vec<_>>().join(" ")
}

impl Reader<'_> {
    /// `None` where something is wrong; then it stands in `errors`.
    fn document(&mut self, common: &Common, policy: &Table) -> Option<NewDocument> {
        if self.row.values.len() > self.columns.count {
            let reason = "значений больше, чем столбцов: возможно, внутри значения стоит разделитель без кавычек";
            self.errors.push(CellError::line(reason));
            return None;
        }
        let patient = self.person(Whose::Patient);
        let representative = self.representative();
        let external_id = self.external_id();
        let template = self.template(common);
        let document = NewDocument {
            purpose: Purpose::Signing,
            kind: common.kind,
            title: common.title.clone(),
            external_id,
            patient: patient?,
            representative: representative?,
            delivery: common.delivery,
            method: Some(common.method),
            parties: Some(common.parties),
            expires_at: common.expires_at,
            sms_fallback_after_hours: common.sms_fallback_after_hours,
            clinic_signers: common.clinic_signers.clone(),
            clinic_signers_ordered: common.clinic_signers_ordered,
            template,
            file_of: None,
            package: None,
            metadata: None,
        };
        self.check_contact(&document);
        self.check_policy(&document, common, policy);
        self.check_fields(&document, common);
        Some(document)
    }

    fn value(&self, column: Column) -> Option<&str> {
        self.columns.value(&self.row.values, column)
    }

    fn wrong(&mut self, column: Column, reason: &str) {
        let title = self.columns.title(column);
        let title = title.map_or_else(|| columns::usual_title(column), str::to_owned);
        self.errors.push(CellError {
            column: Some(title),
            reason: reason.to_owned(),
        });
    }

    /// Reads a value; an empty one is `None` and no error.
    fn typed<T>(
        &mut self,
        column: Column,
        read: impl Fn(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        let value = self.value(column)?.to_owned();
        read(&value)
            .map_err(|reason| self.wrong(column, reason))
            .ok()
    }

    fn person(&mut self, whose: Whose) -> Option<Person> {
        let before = self.errors.len();
        let of = |part| Column::Person(whose, part);
        let [last, first, middle] = self.names(whose);
        let today = self.today;
        let birth_date: Option<Birthday> =
            self.typed(of(Part::Birth), |text| typed::birthday(text, today));
        if birth_date.is_none() && self.value(of(Part::Birth)).is_none() {
            self.wrong(of(Part::Birth), EMPTY);
        }
        let person = Person {
            last_name: Sensitive::new(last),
            first_name: Sensitive::new(first),
            middle_name: Some(middle)
                .filter(|name| !name.is_empty())
                .map(Sensitive::new),
            birth_date,
            snils: self.typed(of(Part::Snils), typed::snils),
            phone: self.typed(of(Part::Phone), typed::phone),
            email: self.typed(of(Part::Email), typed::email),
        };
        if self.errors.len() > before {
            return None;
        }
        if let Err(error) = person.check() {
            let part = match error.field {
                "last_name" => Part::Last,
                "first_name" => Part::First,
                _ => Part::Middle,
            };
            let column = of(part);
            let split =
                self.columns.title(of(Part::Full)).is_some() && self.value(column).is_none();
            let column = if split { of(Part::Full) } else { column };
            self.wrong(column, &name_reason(error.why));
            return None;
        }
        Some(person)
    }

    /// Last, first and middle name: from columns of their own, else from the one with the full name.
    fn names(&self, whose: Whose) -> [String; 3] {
        let of = |part| self.value(Column::Person(whose, part));
        let mut names = [Part::Last, Part::First, Part::Middle].map(|part| name(of(part)));
        if names.iter().all(String::is_empty) {
            let full = name(of(Part::Full));
            let mut words = full.splitn(3, ' ').map(str::to_owned);
            names = [(); 3].map(|()| words.next().unwrap_or_default());
        }
        names
    }

    /// `Some(None)`: nobody acts for the patient. `None`: something is wrong.
    #[expect(clippy::option_option, reason = "what is wrong stands in `errors`")]
    fn representative(&mut self) -> Option<Option<Representative>> {
        let speaks_of_one = |column: &Column| {
            matches!(
                column,
                Column::Person(Whose::Representative, _)
                    | Column::Basis
                    | Column::RecordRef
                    | Column::Ground
            )
        };
        let mut named = self.columns.all().filter(speaks_of_one);
        if !named.any(|column| self.value(column).is_some()) {
            return Some(None);
        }
        let before = self.errors.len();
        let person = self.person(Whose::Representative);
        let [basis, record_ref] = [Column::Basis, Column::RecordRef].map(|column| {
            let text = self.value(column).unwrap_or_default().to_owned();
            match text.chars().count() {
                0 => self.wrong(column, EMPTY),
                count if count > TITLE_MAX => self.wrong(column, "длиннее 300 знаков"),
                _ => {}
            }
            text
        });
        let ground = self.typed(Column::Ground, ground);
        if self.errors.len() > before {
            return None;
        }
        person.map(|person| {
            Some(Representative {
                person,
                basis,
                record_ref,
                ground: ground.unwrap_or_default(),
            })
        })
    }

    fn external_id(&mut self) -> Option<String> {
        self.typed(Column::ExternalId, |id| {
            if id.chars().count() > EXTERNAL_ID_MAX {
                Err("длиннее 200 знаков")
            } else if id.chars().any(char::is_control) {
                Err("перенос строки внутри значения")
            } else {
                Ok(id.to_owned())
            }
        })
    }

    /// The common fields, and over them the line's own.
    fn template(&mut self, common: &Common) -> Option<UseTemplate> {
        let MadeOf::Template { template, fields } = &common.made_of else {
            return None;
        };
        let mut fields: BTreeMap<String, Sensitive<String>> = fields.clone();
        for (field, _) in columns::fields(common) {
            let read = |text: &str| match field.kind {
                FieldKind::Date => typed::day(text).map(String::from),
                FieldKind::Line | FieldKind::Text | FieldKind::List => Ok(text.to_owned()),
            };
            if let Some(value) = self.typed(Column::Field(field), read) {
                fields.insert(field.name.clone(), Sensitive::new(value));
            }
        }
        Some(UseTemplate {
            id: template.id().to_owned(),
            version: Some(template.version().to_owned()),
            fields,
        })
    }

    /// Whoever signs can be reached.
    fn check_contact(&mut self, document: &NewDocument) {
        let (whose, signer) = match &document.representative {
            Some(representative) => (Whose::Representative, &representative.person),
            None => (Whose::Patient, &document.patient),
        };
        let unknown = signer.phone.is_none() && signer.email.is_none() && signer.snils.is_none();
        match document.delivery {
            Delivery::Link if signer.phone.is_none() => {
                self.wrong(
                    Column::Person(whose, Part::Phone),
                    "нужен телефон того, кто подписывает",
                );
            }
            Delivery::Account if unknown => {
                let reason =
                    "для личного кабинета нужен телефон, e-mail или СНИЛС того, кто подписывает";
                self.wrong(Column::Person(whose, Part::Phone), reason);
            }
            Delivery::Link | Delivery::Account => {}
        }
    }

    fn check_policy(&mut self, document: &NewDocument, common: &Common, policy: &Table) {
        let question = Question {
            kind: common.kind,
            delivery: common.delivery,
            method: common.method,
            patient_born: document.patient.birth_date,
            acting: document.representative.as_ref().map(Representative::acting),
            agreement: Agreement::NotAsked,
            today: self.today,
        };
        if let Err(refusal) = policy::decide(policy, question) {
            self.errors.push(CellError::line(refusal.sentence));
        }
    }

    /// The template can be filled.
    fn check_fields(&mut self, document: &NewDocument, common: &Common) {
        let (MadeOf::Template { template, .. }, Some(chosen)) =
            (&common.made_of, &document.template)
        else {
            return;
        };
        let Err(error) = fill(template, document, chosen, self.today) else {
            return;
        };
        let too_long = error
            .too_long
            .iter()
            .map(|(name, max)| (*name, format!("длиннее {max} знаков")));
        let malformed = error
            .malformed
            .iter()
            .map(|name| (*name, "не дата или есть управляющие знаки".to_owned()));
        let unknown = error.unknown.iter().map(|name| {
            (
                name.as_str(),
                "в этом шаблоне такого поля нет, или его заполняют только для представителя"
                    .to_owned(),
            )
        });
        let missing = error.missing.iter().map(|name| (*name, EMPTY.to_owned()));
        for (name, reason) in missing.chain(too_long).chain(malformed).chain(unknown) {
            let phone =
                (name == columns::PHONE).then_some(Column::Person(Whose::Patient, Part::Phone));
            match phone.or_else(|| template.field(name).map(Column::Field)) {
                Some(column) => self.wrong(column, &reason),
                None => self
                    .errors
                    .push(CellError::line(format!("{name}: {reason}"))),
            }
        }
    }
}

/// One space between words, composed letters.
fn name(text: Option<&str>) -> String {
    let words = text.unwrap_or_default().split_whitespace();
    words.collect::<Vec<_>>().join(" ").nfc().collect()
}
