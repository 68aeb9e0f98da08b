//! Templates on the wire: `/api/v1/templates`, `template` of a new document, and what `vault` is asked to set.

use crate::document::Kind;
use crate::policy::Day;
use crate::sensitive::Sensitive;
use crate::templates::{Field, Need, Template, Values};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `template` in the part `document` of `POST /api/v1/documents`: in place of the part `file`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UseTemplate {
    /// Id of the template.
    pub id: String,
    /// Version; the one in force today where absent.
    #[serde(default)]
    pub version: Option<String>,
    /// The fields whose source is `caller`, by their names: a day is `YYYY-MM-DD`; of `list` and `text` each line is an item or
    /// a paragraph.
    #[serde(default)]
    pub fields: BTreeMap<String, Sensitive<String>>,
}

/// `POST /api/v1/templates/{id}/preview`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "TemplatePreview")
)]
pub struct Preview {
    /// Version; the one in force today where absent.
    #[serde(default)]
    pub version: Option<String>,
    /// Any field but those of the clinic, by their names: there is no patient to take the others from. A day is `YYYY-MM-DD`; of
    /// `list` and `text` each line is an item or a paragraph.
    #[serde(default)]
    pub fields: BTreeMap<String, Sensitive<String>>,
}

/// `POST /templates` and `POST /templates/preview` of `vault`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Typeset {
    /// Id of the template.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Every value.
    pub values: Values,
}

/// A template as a clinic sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "Template")
)]
pub struct TemplateView {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Kind of its documents.
    pub kind: Kind,
    /// Title of its documents.
    pub title: String,
    /// First day, in Moscow, on which documents may be made of it.
    pub valid_from: Day,
    /// First day on which they may not be any more; null: no end is known.
    pub valid_until: Option<Day>,
    /// The act that it follows.
    pub act: Option<String>,
    /// Articles that it follows.
    pub law: Vec<String>,
    /// Its fields.
    pub fields: Vec<FieldView>,
}

/// A field of a template.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "TemplateField")
)]
pub struct FieldView {
    /// Name, label, kind, longest value, source.
    #[serde(flatten)]
    pub field: Field,
    /// Whether the template always needs it.
    pub required: bool,
    /// Whether it needs it where a representative signs.
    pub required_if_represented: bool,
}

impl TemplateView {
    /// What is shown of a template.
    pub fn of(template: &Template) -> Self {
        let field = |(field, need): (&Field, Need)| FieldView {
            field: field.clone(),
            required: need == Need::Always,
            required_if_represented: need == Need::Represented,
        };
        Self {
            id: template.id().into(),
            version: template.version().into(),
            kind: template.kind(),
            title: template.title().into(),
            valid_from: template.valid_from(),
            valid_until: template.valid_until(),
            act: template.act().map(Into::into),
            law: template.law().to_vec(),
            fields: template.fields().map(field).collect(),
        }
    }
}
