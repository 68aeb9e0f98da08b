//! The table itself: parsed once, checked, asked.

use super::overrides::{self, TableError};
use super::row::{AgeRow, Row};
use crate::document::{Kind, Method};
use serde::Deserialize;
use std::sync::LazyLock;

/// The table that this version of the program knows, as data.
const BUILTIN: &str = include_str!("../../policy/2026-11-2.json");

/// Kind × method × age × representative, in force for an installation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    version: String,
    /// Kinds about care and medical secrecy: their ages are others than those of civil law.
    care: Vec<Kind>,
    pub(super) rows: Vec<Row>,
    pub(super) ages: Vec<AgeRow>,
}

impl Table {
    /// The table that the program was built with.
    pub fn builtin() -> &'static Self {
        // The text is ours and a test parses it; an empty table refuses everything.
        static TABLE: LazyLock<Table> =
            LazyLock::new(|| serde_json::from_str(BUILTIN).unwrap_or_default());
        &TABLE
    }

    /// The builtin table with an operator's rows: `{"rows": […], "ages": […]}`, each replacing the row of the same id, or
    /// added to the others. None can be taken away. Without `allow_looser` only what is stricter is taken.
    ///
    /// # Errors
    /// [`TableError`]: the text is no such table, a row contradicts itself, or is looser than the builtin one.
    pub fn with_override(json: &str, allow_looser: bool) -> Result<Self, TableError> {
        overrides::apply(Self::builtin(), json, allow_looser)
    }

    /// What a signature's record names: `2026-11-2`, and with an operator's rows `2026-11-2+op:` and the first 8 hex
    /// digits of their SHA-256.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Every row.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Every limit of age.
    pub fn ages(&self) -> &[AgeRow] {
        &self.ages
    }

    /// Whether documents of a kind are about care or medical secrecy.
    pub fn is_care(&self, kind: Kind) -> bool {
        self.care.contains(&kind)
    }

    /// The row that decides on a day: where several hold, the strictest of them.
    pub(super) fn row(&self, kind: Kind, method: Method, day: (i32, u8, u8)) -> Option<&Row> {
        self.about(kind, method)
            .filter(|row| row.holds_on(day))
            .min_by_key(|row| row.verdict)
    }

    /// Rows about such a signature, in force or not.
    pub(super) fn about(&self, kind: Kind, method: Method) -> impl Iterator<Item = &Row> {
        self.rows
            .iter()
            .filter(move |row| row.is_about(kind, method))
    }

    pub(super) fn rename(&mut self, version: String) {
        self.version = version;
    }
}
