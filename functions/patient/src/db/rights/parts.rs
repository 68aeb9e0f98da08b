//! The parts of the export: one statement each. What table is told where, and what of it is not, stands in `crate::stored`.

mod account;
mod acts;
mod documents;
mod messages;

use super::export::Column;

/// A part of the export.
pub(crate) struct Part {
    /// Its name there.
    pub(crate) name: &'static str,
    /// From what `super::export` names beside the tables.
    pub(crate) sql: &'static str,
    /// The columns of the statement.
    pub(super) columns: &'static [(&'static str, Column)],
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Part> {
    [
        account::PARTS,
        documents::PARTS,
        acts::PARTS,
        messages::PARTS,
    ]
    .into_iter()
    .flatten()
}
