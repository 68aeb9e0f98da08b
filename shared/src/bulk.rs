//! A CSV of patients, and one document for each line of it.
//!
//! Pure, so that the page shows what is wrong before anything is sent: every line becomes the request of `POST /api/v1/documents`
//! with its `Idempotency-Key`, or a list of columns and reasons. `mis` checks each request again, as any other.
//!
//! The text is decoded by whoever read the file (UTF-8, Windows-1251). Separators are `;`, `,` or a tab; values may be quoted
//! (RFC 4180). The first row names the columns, in Russian or English, in any order; which there are: `names.rs`.

mod columns;
mod fill;
mod line;
mod names;
mod report;
mod sample;
mod table;
mod typed;
mod words;

pub use report::{Outcome, Reported, report};
pub use sample::sample;

use crate::document::{Delivery, Kind, Method, Parties};
use crate::policy::Table;
use crate::sensitive::Sensitive;
use crate::templates::Template;
use crate::time::Timestamp;
use crate::wire::mis::{ClinicSigner, NewDocument};
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// Most lines of a file, without the row of columns.
pub const LINES_MAX: usize = 2_000;

/// Largest file as UTF-8, in bytes: 1 MiB.
pub const BYTES_MAX: usize = 1024 * 1024;

/// What all documents of a file have in common.
pub struct Common {
    /// Kind; of a template, the template's.
    pub kind: Kind,
    /// Title that the patient sees.
    pub title: String,
    /// How they reach the people.
    pub delivery: Delivery,
    /// How they are signed.
    pub method: Method,
    /// Whose signatures they need.
    pub parties: Parties,
    /// Until when. A fixed moment, not one that is counted from now: a repeated request has to be the same.
    pub expires_at: Option<Timestamp>,
    /// The SMS about what nobody opens: [`NewDocument::sms_fallback_after_hours`].
    pub sms_fallback_after_hours: Option<u16>,
    /// Signatures of the clinic that they need.
    pub clinic_signers: Option<Vec<ClinicSigner>>,
    /// They come in this order.
    pub clinic_signers_ordered: bool,
    /// What they are made of.
    pub made_of: MadeOf,
}

/// What the documents are made of.
pub enum MadeOf {
    /// A template, with the fields that are the same in every document; a line's own value goes before them.
    Template {
        /// The template.
        template: &'static Template,
        /// Fields whose source is the caller, by name.
        fields: BTreeMap<String, Sensitive<String>>,
    },
    /// One file for all.
    File {
        /// Its SHA-256 in lower-case hex: another file under the same title is another document.
        sha256: String,
    },
}

/// A file that was read.
pub struct Bulk {
    /// Its lines, in its order; rows without any value are left out.
    pub lines: Vec<Line>,
    /// Columns that mean nothing here.
    pub ignored: Vec<String>,
}

/// A line of the file.
pub struct Line {
    /// Number of its row as a table program counts: the row of columns is 1.
    pub row: usize,
    /// The patient's name as it stands there.
    pub who: Sensitive<String>,
    /// What to send, or what is wrong: at least one error.
    pub request: Result<Request, Vec<CellError>>,
}

/// What is sent for a line.
#[derive(Clone)]
pub struct Request {
    /// The part `document`. With one file for all, the first one goes with the part `file`, the others may name it.
    pub document: NewDocument,
    /// The `Idempotency-Key`. It is made of what the request says: the same line in the same or in a mended file is the same
    /// document, so a file can be sent again as a whole after some of its lines were put right.
    pub key: String,
}

/// What is wrong in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellError {
    /// The column as the file calls it; `None` where it is about the line as a whole.
    pub column: Option<String>,
    /// Why, in Russian, without the value.
    pub reason: String,
}

/// Why a file can't be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BulkError {
    /// More than [`BYTES_MAX`].
    #[error("Файл больше 1 МБ. Разделите его на несколько.")]
    TooLarge,
    /// More than [`LINES_MAX`].
    #[error("В файле больше 2000 строк. Разделите его на несколько.")]
    TooManyLines,
    /// Nothing but a row of columns, or not even that.
    #[error("В файле нет ни одной строки с пациентом.")]
    Empty,
    /// A quotation mark opens a value and none closes it.
    #[error(
        "В файле открыта кавычка, которая нигде не закрыта: с неё начинается значение, и остаток файла стал его частью."
    )]
    OpenQuote,
    /// Columns that are needed for every line.
    #[error("Не хватает столбцов: {}.", .0.join("; "))]
    Missing(Vec<String>),
    /// Two columns that mean the same.
    #[error("Столбцы «{0}» и «{1}» значат одно и то же. Оставьте один.")]
    Twice(String, String),
}

/// Reads a file. `now` decides on ages and on which template is in force; `policy` as in [`crate::policy::decide`].
///
/// # Errors
/// [`BulkError`] where there are no lines to speak of; what is wrong in one line stands in [`Line::request`].
pub fn read(
    text: &str,
    common: &Common,
    policy: &Table,
    now: Timestamp,
) -> Result<Bulk, BulkError> {
    let table = table::read(text)?;
    let columns = columns::find(&table.header, common)?;
    let mut lines: Vec<Line> = table
        .rows
        .iter()
        .map(|row| line::read(row, &columns, common, policy, now))
        .collect();
    refuse_repeated(&mut lines, &columns);
    Ok(Bulk {
        lines,
        ignored: columns.ignored,
    })
}

impl CellError {
    fn line(reason: impl Into<String>) -> Self {
        Self {
            column: None,
            reason: reason.into(),
        }
    }
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "«{column}»: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

/// A line that says what an earlier one says would be the same request, or two documents under one number.
fn refuse_repeated(lines: &mut [Line], columns: &columns::Columns) {
    let mut keys = HashMap::new();
    let mut ids = HashMap::new();
    for line in lines {
        let Ok(request) = &line.request else { continue };
        let repeated = *keys.entry(request.key.clone()).or_insert(line.row);
        let id = request.document.external_id.clone();
        let same_id = id.map_or(line.row, |id| *ids.entry(id).or_insert(line.row));
        let error = if repeated != line.row {
            CellError::line(format!("повторяет строку {repeated}"))
        } else if same_id != line.row {
            CellError {
                column: columns.external_id_title(),
                reason: format!("такое же значение в строке {same_id}"),
            }
        } else {
            continue;
        };
        line.request = Err(vec![error]);
    }
}

#[cfg(test)]
mod tests;
