//! Templates of documents, as dated data (`shared/templates/`, `docs/templates.md`).
//!
//! A template is a text with fields. It holds on certain days, names the act that it follows, and never changes once it is
//! released: a new wording is a new version. Filling one is pure; `podpis_pdf::template` sets the result in type.
//!
//! ```
//! use podpis_shared::policy::Day;
//! use podpis_shared::templates::{self, Values};
//!
//! let day = Day::parse("2026-11-28").unwrap();
//! let template = templates::find("refusal", day).unwrap(); // the version in force on that day
//! let mut values = Values::default();
//! values.set("patient.full_name", "Иванова Мария Петровна"); // or `values.patient(&person)`, `.clinic(…)`, `.date(day)`
//! let error = template.fill(&values).err().unwrap();
//! assert!(error.missing.contains(&"patient.birth_date"));
//! // let pdf = podpis_pdf::template::typeset(&template.fill(&values)?)?;
//! ```

mod fill;
mod markup;
mod values;

pub use fill::{Block, FillError, Filled, Run, Text};
pub use values::{ClinicDetails, ClinicFacts, Values};

use crate::document::{Kind, named};
use crate::policy::Day;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// A file's name and its text.
macro_rules! text_file {
    ($name:literal) => {
        ($name, include_str!(concat!("../templates/", $name)))
    };
}
/// Every template and every field, as data.
const INDEX: &str = include_str!("../templates/index.json");

/// The texts that the index names.
const TEXTS: &[(&str, &str)] = &[
    text_file!("edo.2026-11.txt"),
    text_file!("ids.2026-11.txt"),
    text_file!("pd.2026-11.txt"),
    text_file!("refusal.2026-11.txt"),
    text_file!("telemed.2026-11.txt"),
];

named! {
    /// What a field's value looks like.
    #[cfg_attr(feature = "schema", schemars(rename = "TemplateFieldKind"))]
    FieldKind {
        /// One line; spaces and line breaks in it count as one space.
        Line = "line",
        /// Paragraphs, one in each line.
        Text = "text",
        /// Items, one in each line.
        List = "list",
        /// A day, `YYYY-MM-DD`.
        Date = "date",
    }
}

named! {
    /// Where a field's value comes from when a document is made.
    #[cfg_attr(feature = "schema", schemars(rename = "TemplateFieldSource"))]
    Source {
        /// The clinic's registration and its settings.
        Clinic = "clinic",
        /// The part `patient` of the request.
        Patient = "patient",
        /// The part `representative` of the request, where there is one.
        Representative = "representative",
        /// The document itself: its day, its number.
        Document = "document",
        /// Whoever sends the document: `template.fields`.
        Caller = "caller",
    }
}

/// A field that templates may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Field {
    /// Its name, for example `medic.full_name`.
    pub name: String,
    /// What a person calls it, in Russian.
    pub label: String,
    /// What its value looks like.
    pub kind: FieldKind,
    /// The longest value, in characters.
    pub max: usize,
    /// Where its value comes from.
    pub source: Source,
}

/// When a template needs a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Always.
    Always,
    /// Where a representative acts for the patient: where `representative.full_name` has a value.
    Represented,
    /// Never.
    Optional,
}

/// A version of a template.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    id: String,
    version: String,
    kind: Kind,
    title: String,
    valid_from: Day,
    valid_until: Option<Day>,
    act: Option<String>,
    law: Vec<String>,
    /// File of the wording.
    text: String,
    required: Vec<String>,
    represented: Vec<String>,
    optional: Vec<String>,
}

/// Which version of which template a document was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TemplateRef {
    /// Id of the template, for example `ids`.
    pub id: String,
    /// Version, for example `2026-11`.
    pub version: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    fields: Vec<Field>,
    templates: Vec<Template>,
}

/// Every version of every template.
pub fn all() -> &'static [Template] {
    &index().templates
}

/// Every field that there is.
pub fn fields() -> &'static [Field] {
    &index().fields
}

/// The version of a template that is in force on a day: the newest, where several are.
pub fn find(id: &str, day: Day) -> Option<&'static Template> {
    let versions = all().iter().filter(|template| template.id == id);
    versions
        .filter(|template| template.holds_on(day))
        .max_by_key(|template| template.valid_from)
}

/// A version by its name, in force or not.
pub fn version(id: &str, version: &str) -> Option<&'static Template> {
    all()
        .iter()
        .find(|template| template.id == id && template.version == version)
}

/// The templates that are in force on a day, one version of each.
pub fn in_force(day: Day) -> impl Iterator<Item = &'static Template> {
    all().iter().filter(move |template| {
        find(&template.id, day).is_some_and(|found| std::ptr::eq(found, *template))
    })
}

impl Template {
    /// Its id; all versions of one template share it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Id and version, as a document's record names them.
    pub fn reference(&self) -> TemplateRef {
        TemplateRef {
            id: self.id.clone(),
            version: self.version.clone(),
        }
    }

    /// Kind of the documents that it makes.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Title of its documents.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// First day, in Moscow, on which documents may be made of it.
    pub const fn valid_from(&self) -> Day {
        self.valid_from
    }

    /// First day on which they may not be any more; `None`: no end is known.
    pub const fn valid_until(&self) -> Option<Day> {
        self.valid_until
    }

    /// The act that it follows, and that ends it.
    pub fn act(&self) -> Option<&str> {
        self.act.as_deref()
    }

    /// Articles that it follows.
    pub fn law(&self) -> &[String] {
        &self.law
    }

    /// Whether documents may be made of it on a day.
    pub fn holds_on(&self, day: Day) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|until| day < until)
    }

    /// Its fields, those that it always needs first.
    pub fn fields(&self) -> impl Iterator<Item = (&'static Field, Need)> {
        let named = |names: &'_ [String], need| {
            names
                .iter()
                .filter_map(move |name| Some((field(name)?, need)))
                .collect::<Vec<_>>()
        };
        [
            named(&self.required, Need::Always),
            named(&self.represented, Need::Represented),
            self.represented_by(),
            named(&self.optional, Need::Optional),
        ]
        .into_iter()
        .flatten()
    }

    /// The field of this name, where the template has it.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields()
            .map(|(field, _)| field)
            .find(|field| field.name == name)
    }

    /// Fills it.
    ///
    /// # Errors
    /// [`FillError`] names every field that is missing, unknown, too long or malformed.
    pub fn fill(&self, values: &Values) -> Result<Filled, FillError> {
        fill::fill(self, values)
    }

    /// The representative's name: what makes the template speak of one.
    fn represented_by(&self) -> Vec<(&'static Field, Need)> {
        let name = field(fill::REPRESENTED).filter(|_| !self.represented.is_empty());
        name.map(|field| (field, Need::Optional))
            .into_iter()
            .collect()
    }

    fn wording(&self) -> &'static str {
        let found = TEXTS.iter().find(|(name, _)| *name == self.text);
        // A test makes sure that each is there.
        found.map_or("", |(_, text)| text)
    }
}

fn field(name: &str) -> Option<&'static Field> {
    fields().iter().find(|field| field.name == name)
}

fn index() -> &'static Index {
    // The text is ours and a test parses it; without it there are no templates.
    static PARSED: LazyLock<Index> =
        LazyLock::new(|| serde_json::from_str(INDEX).unwrap_or_default());
    &PARSED
}

#[cfg(test)]
mod tests;
