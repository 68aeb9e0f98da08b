//! What became of each line, as a CSV for table programs.

use super::CellError;
use crate::sensitive::Sensitive;

/// A line of the report.
pub struct Reported {
    /// Its row in the file that was read.
    pub row: usize,
    /// The patient's name as it stood there.
    pub who: Sensitive<String>,
    /// The clinic's own number of the document, where it has one.
    pub external_id: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The document with this id was made, now or the first time that the line was sent.
    Sent(String),
    /// Nothing was sent: the line is wrong.
    Invalid(Vec<CellError>),
    /// The API has refused it, in its words.
    Refused(String),
    /// It was not sent yet.
    Waiting,
}

/// The report: with a byte order mark, `;` between values, `CRLF` after rows, as Excel with Russian settings reads it. No value
/// is taken for a formula.
pub fn report<'r>(lines: impl IntoIterator<Item = &'r Reported>) -> String {
    let mut csv = String::from('\u{feff}');
    write_row(
        &mut csv,
        [
            "Строка",
            "Пациент",
            "Номер документа",
            "Состояние",
            "Документ",
            "Ошибка",
        ],
    );
    for line in lines {
        let (state, document, error) = match &line.outcome {
            Outcome::Sent(id) => ("отправлен", id.as_str(), String::new()),
            Outcome::Invalid(errors) => ("ошибка в строке", "", joined(errors)),
            Outcome::Refused(error) => ("отказ", "", error.clone()),
            Outcome::Waiting => ("не отправлен", "", String::new()),
        };
        let external_id = line.external_id.as_deref().unwrap_or_default();
        let row = line.row.to_string();
        write_row(
            &mut csv,
            [
                &row,
                line.who.expose(),
                external_id,
                state,
                document,
                &error,
            ],
        );
    }
    csv
}

/// Writes values as a row.
pub(super) fn write_row<'v>(csv: &mut String, values: impl IntoIterator<Item = &'v str>) {
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            csv.push(';');
        }
        write_value(csv, value);
    }
    csv.push_str("\r\n");
}

/// A value that stays text. Table programs take what begins with one of these signs for a formula, whatever quotes it has;
/// an apostrophe before it says that it is text (OWASP, CSV injection).
fn write_value(csv: &mut String, value: &str) {
    let is_formula = value
        .trim_start()
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || value.starts_with(['\t', '\r', '\n']);
    let apostrophe = if is_formula { "'" } else { "" };
    if value.contains([';', ',', '\t', '"', '\r', '\n']) {
        csv.push('"');
        csv.push_str(apostrophe);
        csv.push_str(&value.replace('"', "\"\""));
        csv.push('"');
    } else {
        csv.push_str(apostrophe);
        csv.push_str(value);
    }
}

fn joined(errors: &[CellError]) -> String {
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    errors.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reported(who: &str, outcome: Outcome) -> Reported {
        Reported {
            row: 7,
            who: Sensitive::new(who.to_owned()),
            external_id: None,
            outcome,
        }
    }

    #[test]
    fn a_line_each() {
        let error = CellError {
            column: Some("Телефон".into()),
            reason: "не заполнено".into(),
        };
        let lines = [
            reported("Иванова Мария", Outcome::Sent("doc_1".into())),
            reported(
                "Петров; Иван",
                Outcome::Invalid(vec![error, CellError::line("и ещё")]),
            ),
            reported("Ким", Outcome::Refused("policy: \"нет\"".into())),
            reported("Ли", Outcome::Waiting),
        ];
        assert_eq!(
            report(&lines),
            "\u{feff}Строка;Пациент;Номер документа;Состояние;Документ;Ошибка\r\n\
             7;Иванова Мария;;отправлен;doc_1;\r\n\
             7;\"Петров; Иван\";;ошибка в строке;;\"«Телефон»: не заполнено; и ещё\"\r\n\
             7;Ким;;отказ;;\"policy: \"\"нет\"\"\"\r\n\
             7;Ли;;не отправлен;;\r\n"
        );
    }

    proptest! {
        /// However a value begins: read back it is the same value, and no formula.
        #[test]
        fn no_formula_gets_out(start in "[ \\t\\r\\n=+@;,\"-]{0,3}", rest in "\\PC{0,12}") {
            let value = format!("{start}{rest}");
            let csv = report(&[reported(&value, Outcome::Waiting)]);
            let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(csv.as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            let back = &record[1];
            prop_assert!(!back.trim_start().starts_with(['=', '+', '-', '@']));
            prop_assert!(!back.starts_with(['\t', '\r']));
            prop_assert!(back == value || back.strip_prefix('\'') == Some(&value));
            prop_assert_eq!(record.len(), 6);
        }
    }
}
