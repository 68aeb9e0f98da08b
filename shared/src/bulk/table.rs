//! From text to rows of values.

use super::{BYTES_MAX, BulkError, LINES_MAX};

/// The rows of a file.
pub(super) struct Table {
    /// The columns' names, as they stand there.
    pub(super) header: Vec<String>,
    /// All rows below that have a value.
    pub(super) rows: Vec<Row>,
}

/// A row.
pub(super) struct Row {
    /// Its number; the row of columns is 1.
    pub(super) number: usize,
    /// Its values, without blanks around them; it may be shorter or longer than the row of columns.
    pub(super) values: Vec<String>,
}

/// Stands alone in a last row of ours: where an open quotation mark has swallowed it, it doesn't.
const END: &str = "\u{f8ff}end";

/// See [`super::read`].
pub(super) fn read(text: &str) -> Result<Table, BulkError> {
    if text.len() > BYTES_MAX {
        return Err(BulkError::TooLarge);
    }
    let text = text.trim_start_matches('\u{feff}');
    let (separator, text) = separator(text);
    let mut rows = records(text, separator);
    if rows.pop().is_none_or(|last| last != [END]) {
        return Err(BulkError::OpenQuote);
    }
    let mut rows = rows.into_iter().zip(1..).filter_map(|(values, number)| {
        let filled = values.iter().any(|value| !value.is_empty());
        filled.then_some(Row { number, values })
    });
    let header = rows.next().ok_or(BulkError::Empty)?.values;
    let rows: Vec<Row> = rows.take(LINES_MAX + 1).collect();
    match rows.len() {
        0 => Err(BulkError::Empty),
        many if many > LINES_MAX => Err(BulkError::TooManyLines),
        _ => Ok(Table { header, rows }),
    }
}

/// Every record, the one of ours last.
fn records(text: &str, separator: u8) -> Vec<Vec<String>> {
    let text = format!("{text}\n{END}\n");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    // Text in memory that is UTF-8 and of any number of columns can't fail.
    let records = reader.records().map_while(Result::ok);
    let values = |record: csv::StringRecord| record.iter().map(clean).collect();
    records.map(values).collect()
}

/// Without blanks around, among them the no-break space; what Excel writes as `="0123"` is `0123`.
fn clean(value: &str) -> String {
    let value = value.trim();
    let quoted = value
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'));
    quoted.unwrap_or(value).trim().to_owned()
}

/// What stands most often in the first line outside of quotation marks, or what Excel's `sep=` says; and the text without that.
fn separator(text: &str) -> (u8, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(&[separator @ (b';' | b',' | b'\t')]) = first
        .trim_end_matches('\r')
        .strip_prefix("sep=")
        .map(str::as_bytes)
    {
        return (separator, rest);
    }
    let outside = || first.split('"').step_by(2).flat_map(str::bytes);
    let count = |separator: u8| outside().filter(|byte| *byte == separator).count();
    // Of equals the last one counts.
    let most = *b",\t;"
        .iter()
        .max_by_key(|byte| count(**byte))
        .unwrap_or(&b';');
    (most, text)
}
