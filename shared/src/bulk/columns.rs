//! What the columns are called, and which have to be there.
//!
//! Names count without case, signs and the mark `*`, `ё` as `е`. A person's column may say whose it is: «Телефон пациента»,
//! `patient.phone`, «Телефон представителя», `representative.phone`; without that it is the patient's. A template's field
//! goes by its name or its label (`docs/templates.md`).

pub(super) use super::names::{Column, Part, Whose, usual_title};

use super::names::{FIELDS, OTHERS, PARTS, normal, whose};
use super::{BulkError, Common, MadeOf};
use crate::document::Delivery;
use crate::templates::{Field, Need, Source};

/// The field of the patient's phone.
pub(super) const PHONE: &str = "patient.phone";

/// The columns of a file.
pub(super) struct Columns {
    /// Each with its place in a row and its name as the file has it.
    known: Vec<(Column, usize, String)>,
    /// How many the file has.
    pub(super) count: usize,
    pub(super) ignored: Vec<String>,
}

/// Finds what each column means.
///
/// # Errors
/// `Twice`, `Missing`.
pub(super) fn find(header: &[String], common: &Common) -> Result<Columns, BulkError> {
    let mut columns = Columns {
        known: Vec::new(),
        count: header.len(),
        ignored: Vec::new(),
    };
    for (place, title) in header.iter().enumerate() {
        match meaning(title, common) {
            Some(column) => {
                if let Some(first) = columns.title(column) {
                    return Err(BulkError::Twice(first.to_owned(), title.clone()));
                }
                columns.known.push((column, place, title.clone()));
            }
            None if title.is_empty() => {}
            None => columns.ignored.push(title.clone()),
        }
    }
    let missing = missing(&columns, common);
    if missing.is_empty() {
        Ok(columns)
    } else {
        Err(BulkError::Missing(missing))
    }
}

impl Columns {
    /// The value of a column in a row; `None` where it is empty.
    pub(super) fn value<'r>(&self, values: &'r [String], column: Column) -> Option<&'r str> {
        let (_, place, _) = self.known.iter().find(|(known, ..)| *known == column)?;
        values
            .get(*place)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// What the file calls a column.
    pub(super) fn title(&self, column: Column) -> Option<&str> {
        let found = self.known.iter().find(|(known, ..)| *known == column);
        found.map(|(_, _, title)| title.as_str())
    }

    /// Likewise of the clinic's own number.
    pub(super) fn external_id_title(&self) -> Option<String> {
        self.title(Column::ExternalId).map(str::to_owned)
    }

    /// What is known.
    pub(super) fn all(&self) -> impl Iterator<Item = Column> {
        self.known.iter().map(|(column, ..)| *column)
    }
}

/// The template's fields that a file may have, those that it always needs first.
pub(super) fn fields(common: &Common) -> Vec<(&'static Field, Need)> {
    match &common.made_of {
        MadeOf::File { .. } => Vec::new(),
        MadeOf::Template { template, .. } => {
            let fields = template.fields();
            fields
                .filter(|(field, _)| field.source == Source::Caller)
                .collect()
        }
    }
}

/// Whether every document has a value of the field already.
pub(super) fn is_common(common: &Common, field: &Field) -> bool {
    match &common.made_of {
        MadeOf::File { .. } => false,
        MadeOf::Template { fields, .. } => fields
            .get(&field.name)
            .is_some_and(|value| !value.expose().trim().is_empty()),
    }
}

/// The template prints the patient's phone, whoever signs.
pub(super) fn needs_phone(common: &Common) -> bool {
    match &common.made_of {
        MadeOf::File { .. } => false,
        MadeOf::Template { template, .. } => template
            .fields()
            .any(|(field, need)| field.name == PHONE && need == Need::Always),
    }
}

fn meaning(title: &str, common: &Common) -> Option<Column> {
    let name = normal(title);
    let fields = fields(common);
    let short = FIELDS.iter().find(|(short, _)| *short == name);
    let field = fields.iter().find(|(field, _)| {
        name == normal(&field.name)
            || name == normal(&field.label)
            || short.is_some_and(|(_, full)| *full == field.name)
    });
    if let Some((field, _)) = field {
        return Some(Column::Field(field));
    }
    let is_one = |titles: &[&str]| titles.iter().any(|title| normal(title) == name);
    if let Some((column, _)) = OTHERS.iter().find(|(_, titles)| is_one(titles)) {
        return Some(*column);
    }
    let (whose, name) = whose(&name);
    let part = PARTS
        .iter()
        .find(|(_, titles)| titles.iter().any(|title| normal(title) == name))
        .map(|(part, _)| *part);
    part.map(|part| Column::Person(whose, part))
}

/// What every line would lack.
fn missing(columns: &Columns, common: &Common) -> Vec<String> {
    let has = |column| columns.title(column).is_some();
    let patient = |part| Column::Person(Whose::Patient, part);
    let representative = |part| Column::Person(Whose::Representative, part);
    let mut missing = Vec::new();
    if !has(patient(Part::Full)) {
        let named = [Part::Last, Part::First].map(patient);
        missing.extend(named.into_iter().filter(|column| !has(*column)));
    }
    let needed = [Part::Birth].map(patient);
    missing.extend(needed.into_iter().filter(|column| !has(*column)));
    let by_link = common.delivery == Delivery::Link && !has(representative(Part::Phone));
    if (by_link || needs_phone(common)) && !has(patient(Part::Phone)) {
        missing.push(patient(Part::Phone));
    }
    let fields = fields(common).into_iter();
    missing.extend(
        fields
            .filter(|(field, need)| *need == Need::Always && !is_common(common, field))
            .map(|(field, _)| Column::Field(field))
            .filter(|column| !has(*column)),
    );
    missing.into_iter().map(usual_title).collect()
}
