//! Whom a document is about.

use podpis_shared::wire::patient::DocumentView;

use super::plural;

/// The badge's parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Whom {
    /// First letter of the first name; it tells children of one family apart at a glance.
    pub(crate) initial: String,
    /// `За ребёнка:`.
    pub(crate) role: &'static str,
    /// Full name in the account; a link names its patient shortly.
    pub(crate) name: String,
    /// `7 лет`.
    pub(crate) age: Option<String>,
    /// `дата рождения 03.05.2019`.
    pub(crate) birth_date: Option<String>,
}

/// The badge; `None` where the person signs for themselves, or only sees what is about them.
pub(crate) fn whom(document: &DocumentView) -> Option<Whom> {
    let short = document.on_behalf_of.as_ref()?;
    // Here the first name comes first: «Даша И.».
    let initial = short.chars().next().map(String::from).unwrap_or_default();
    let Some(about) = document.about.as_ref().filter(|about| !about.you) else {
        let by_link = document.about.is_none() && document.may_act;
        return by_link.then(|| Whom {
            initial,
            role: "За\u{a0}пациента:",
            name: short.clone(),
            age: None,
            birth_date: None,
        });
    };
    let child = about.age.is_some_and(|age| age < 18);
    Some(Whom {
        initial,
        role: if child {
            "За\u{a0}ребёнка:"
        } else {
            "За\u{a0}пациента:"
        },
        name: about.name.clone(),
        age: about.age.map(years),
        birth_date: about
            .birth_date
            .as_ref()
            .map(|date| format!("дата рождения {date}")),
    })
}

/// `7 лет`; a baby is `младше года`.
fn years(age: i32) -> String {
    match u64::try_from(age) {
        Ok(age @ 1..) => format!("{age}\u{a0}{}", plural(age, ["год", "года", "лет"])),
        _ => "младше года".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::view;
    use podpis_shared::Status;
    use podpis_shared::wire::patient::About;

    fn about(age: i32, you: bool) -> DocumentView {
        DocumentView {
            on_behalf_of: Some("Пётр И.".into()),
            about: Some(About {
                you,
                name: "Иванов Пётр Сергеевич".into(),
                birth_date: Some("03.05.2019".into()),
                age: Some(age),
            }),
            ..view(Status::Opened)
        }
    }

    #[test]
    fn a_child_is_named_in_full_with_age_and_date() {
        let whom = whom(&about(7, false)).unwrap();
        assert_eq!(
            (whom.initial.as_str(), whom.role),
            ("П", "За\u{a0}ребёнка:")
        );
        assert_eq!(whom.name, "Иванов Пётр Сергеевич");
        assert_eq!(whom.age.as_deref(), Some("7\u{a0}лет"));
        let date = whom.birth_date.as_deref();
        assert_eq!(date, Some("дата рождения 03.05.2019"));
    }

    #[test]
    fn an_adult_is_a_patient_and_oneself_is_nobody_else() {
        assert_eq!(whom(&about(82, false)).unwrap().role, "За\u{a0}пациента:");
        assert_eq!(whom(&about(15, true)), None);
        assert_eq!(whom(&view(Status::Opened)), None);
    }

    #[test]
    fn a_link_names_the_patient_shortly() {
        let document = DocumentView {
            about: None,
            ..about(7, false)
        };
        let whom = whom(&document).unwrap();
        assert_eq!((whom.name.as_str(), whom.age), ("Пётр И.", None));
    }

    #[test]
    fn ages() {
        for (age, words) in [
            (0, "младше года"),
            (1, "1\u{a0}год"),
            (3, "3\u{a0}года"),
            (11, "11\u{a0}лет"),
        ] {
            assert_eq!(years(age), words);
        }
    }
}
