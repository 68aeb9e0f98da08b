//! The names of columns.

use crate::templates::Field;

/// Whose data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Patient,
    Representative,
}

/// What of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Full,
    Last,
    First,
    Middle,
    Birth,
    Phone,
    Email,
    Snils,
}

/// What a column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Person(Whose, Part),
    ExternalId,
    Basis,
    RecordRef,
    Ground,
    Field(&'static Field),
}

/// The first of each is its title in what we write.
pub(super) const PARTS: [(Part, &[&str]); 8] = [
    (
        Part::Full,
        &["ФИО", "фамилия имя отчество", "full name", "name"],
    ),
    (
        Part::Last,
        &["Фамилия", "last name", "surname", "family name"],
    ),
    (Part::First, &["Имя", "first name", "given name"]),
    (Part::Middle, &["Отчество", "middle name", "patronymic"]),
    (
        Part::Birth,
        &[
            "Дата рождения",
            "д р",
            "birth date",
            "birthday",
            "date of birth",
        ],
    ),
    (
        Part::Phone,
        &[
            "Телефон",
            "тел",
            "мобильный телефон",
            "моб телефон",
            "номер телефона",
            "мобильный",
            "сотовый",
            "phone",
            "mobile",
        ],
    ),
    (
        Part::Email,
        &[
            "E-mail",
            "email",
            "почта",
            "электронная почта",
            "эл почта",
            "адрес электронной почты",
        ],
    ),
    (Part::Snils, &["СНИЛС", "snils"]),
];

pub(super) const OTHERS: [(Column, &[&str]); 4] = [
    (
        Column::ExternalId,
        &[
            "Номер документа",
            "external id",
            "id",
            "внешний id",
            "внешний номер",
            "номер в мис",
        ],
    ),
    (
        Column::Basis,
        &[
            "Основание полномочий представителя",
            "основание представителя",
            "основание",
            "representative basis",
            "basis",
        ],
    ),
    (
        Column::RecordRef,
        &[
            "Запись о представителе в медкарте",
            "запись о представителе",
            "representative record ref",
            "record ref",
        ],
    ),
    (
        Column::Ground,
        &[
            "Почему подписывает представитель",
            "representative ground",
            "ground",
        ],
    ),
];

/// Short names of fields.
pub(super) const FIELDS: [(&str, &str); 3] = [
    ("адрес", "patient.address"),
    ("врач", "medic.full_name"),
    ("должность врача", "medic.position"),
];

/// What a file without such a column should call it.
pub(super) fn usual_title(column: Column) -> String {
    let first = |titles: &[&str]| titles.first().copied().unwrap_or_default().to_owned();
    match column {
        Column::Person(whose, part) => {
            let found = PARTS.iter().find(|(known, _)| *known == part);
            let title = found.map(|(_, titles)| first(titles)).unwrap_or_default();
            match whose {
                Whose::Patient => title,
                Whose::Representative => format!("{title} представителя"),
            }
        }
        Column::Field(field) => field.label.clone(),
        other => {
            let found = OTHERS.iter().find(|(known, _)| *known == other);
            found.map(|(_, titles)| first(titles)).unwrap_or_default()
        }
    }
}

/// Takes off whose it is; a column that says only that has the name.
pub(super) fn whose(name: &str) -> (Whose, &str) {
    const WORDS: [(Whose, &[&str], &str); 2] = [
        (Whose::Patient, &["пациент", "patient"], "пациента"),
        (
            Whose::Representative,
            &["представитель", "representative"],
            "представителя",
        ),
    ];
    for (whose, before, after) in WORDS {
        if before.contains(&name) {
            return (whose, "фио");
        }
        let rest = before
            .iter()
            .find_map(|word| name.strip_prefix(word)?.strip_prefix(' '));
        let rest = rest.or_else(|| name.strip_suffix(after)?.strip_suffix(' '));
        if let Some(rest) = rest {
            return (whose, rest);
        }
    }
    (Whose::Patient, name)
}

/// Lower case, letters and digits only, one space between words.
pub(super) fn normal(title: &str) -> String {
    let lower = title.to_lowercase().replace('ё', "е");
    let words = lower.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::templates::Source;

    #[test]
    fn no_two_names_mean_different_things() {
        let mut names: Vec<String> = PARTS
            .iter()
            .flat_map(|(_, titles)| titles.iter())
            .chain(OTHERS.iter().flat_map(|(_, titles)| titles.iter()))
            .map(|title| normal(title))
            .collect();
        let callers = crate::templates::fields()
            .iter()
            .filter(|field| field.source == Source::Caller);
        names.extend(callers.flat_map(|field| [normal(&field.name), normal(&field.label)]));
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
