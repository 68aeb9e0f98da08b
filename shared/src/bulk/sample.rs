//! A file to fill in.

use super::Common;
use super::columns::{self, Column, Part, Whose};
use super::report::write_row;
use crate::document::Delivery;
use crate::templates::{Field, FieldKind, Need};

/// A CSV with the columns that a line needs, marked by `*`, those that it may have, and one line as an example. With
/// `represented` also the columns of whoever signs for the patient. It is UTF-8 with a byte order mark, `;` between values.
pub fn sample(common: &Common, represented: bool) -> String {
    let mut columns = people(common, represented);
    for (field, need) in columns::fields(common) {
        let of_representative = field.name.starts_with("representative.");
        if (of_representative && !represented) || columns::is_common(common, field) {
            continue;
        }
        let needed = need == Need::Always || (need == Need::Represented && represented);
        let example = if needed { example(field) } else { "" };
        columns.push((Column::Field(field), needed, example));
    }
    let titles: Vec<String> = columns
        .iter()
        .map(|(column, needed, _)| {
            format!(
                "{}{}",
                columns::usual_title(*column),
                if *needed { "*" } else { "" }
            )
        })
        .collect();
    let mut csv = String::from('\u{feff}');
    write_row(&mut csv, titles.iter().map(String::as_str));
    write_row(&mut csv, columns.iter().map(|(_, _, example)| *example));
    csv
}

/// Columns of people: what each is, whether it is needed, an example.
fn people(common: &Common, represented: bool) -> Vec<(Column, bool, &'static str)> {
    let by_link = common.delivery == Delivery::Link;
    let patient = |part| Column::Person(Whose::Patient, part);
    let representative = |part| Column::Person(Whose::Representative, part);
    let born = if represented {
        "12.03.2019"
    } else {
        "12.03.1985"
    };
    let mut columns = vec![
        (patient(Part::Last), true, "Иванова"),
        (patient(Part::First), true, "Мария"),
        (patient(Part::Middle), false, "Петровна"),
        (patient(Part::Birth), true, born),
    ];
    let signer: &dyn Fn(Part) -> Column = if represented {
        &representative
    } else {
        &patient
    };
    let printed = columns::needs_phone(common);
    if represented && printed {
        columns.push((patient(Part::Phone), true, "8 916 123-45-68"));
    }
    if represented {
        columns.extend([
            (representative(Part::Last), true, "Иванов"),
            (representative(Part::First), true, "Пётр"),
            (representative(Part::Middle), false, "Сергеевич"),
            (representative(Part::Birth), true, "01.02.1983"),
            (Column::Basis, true, "отец"),
            (Column::RecordRef, true, "медкарта 1234, лист 1"),
        ]);
    }
    columns.extend([
        (
            signer(Part::Phone),
            by_link || (printed && !represented),
            "8 916 123-45-67",
        ),
        (signer(Part::Email), false, ""),
        (signer(Part::Snils), false, ""),
        (Column::ExternalId, false, ""),
    ]);
    columns
}

fn example(field: &Field) -> &'static str {
    match (field.name.as_str(), field.kind) {
        (_, FieldKind::Date) => "28.11.2026",
        ("patient.address" | "representative.address", _) => {
            "125009, г. Москва, ул. Образцовая, д. 5, кв. 17"
        }
        ("medic.full_name", _) => "Смирнова Елена Викторовна",
        ("medic.position", _) => "врач-терапевт",
        _ => "Впишите сюда нужное",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bulk::{MadeOf, read, tests};
    use crate::policy::Table;

    #[test]
    fn a_sample_is_a_good_file() {
        for common in tests::every_common() {
            for represented in [false, true] {
                let text = sample(&common, represented);
                let bulk = read(&text, &common, Table::builtin(), tests::now()).unwrap();
                assert_eq!(bulk.lines.len(), 1, "{text}");
                assert!(bulk.ignored.is_empty());
                let request = bulk.lines[0].request.as_ref();
                let request = request
                    .map_err(|errors| format!("{text}: {errors:?}"))
                    .unwrap();
                assert_eq!(request.document.representative.is_some(), represented);
                assert_eq!(
                    request.document.template.is_some(),
                    matches!(common.made_of, MadeOf::Template { .. })
                );
            }
        }
    }
}
