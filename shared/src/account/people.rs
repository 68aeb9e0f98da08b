//! The people whom clinics name at a phone or an e-mail.

use crate::person::{Person, same_name};

/// Whose a contact is, as far as clinics have said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// No clinic has named anybody.
    Nobody,
    /// All name one person.
    One(Box<Person>),
    /// They name several.
    Several,
}

/// Whether two records are of one person: the same name and date of birth, and no other SNILS.
///
/// A name alone never makes two records one person.
pub fn same_person(one: &Person, other: &Person) -> bool {
    let middle = |person: &Person| {
        let middle = person.middle_name.as_ref();
        middle.map_or(String::new(), |name| name.expose().clone())
    };
    let alike = same_name(one.last_name.expose(), other.last_name.expose())
        && same_name(one.first_name.expose(), other.first_name.expose())
        && same_name(&middle(one), &middle(other));
    let born = one.birth_date.is_some() && one.birth_date == other.birth_date;
    let other_snils = match (&one.snils, &other.snils) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    };
    one.is_named() && alike && born && !other_snils
}

/// Each person once; whoever has no name or no date of birth can't be told from others and does not count.
pub fn distinct(people: impl IntoIterator<Item = Person>) -> Vec<Person> {
    let mut found: Vec<Person> = Vec::new();
    for person in people {
        let known = person.is_named() && person.birth_date.is_some();
        if known && !found.iter().any(|other| same_person(other, &person)) {
            found.push(person);
        }
    }
    found
}

/// Whose a contact is by the people whom clinics name at it, each once.
pub fn whose(people: &[Person]) -> Whose {
    match people {
        [] => Whose::Nobody,
        [one] => Whose::One(Box::new(by_clinic(one))),
        _ => Whose::Several,
    }
}

/// What an account keeps of a person whom a clinic has named: name and date of birth. SNILS counts only from ESIA.
pub fn by_clinic(person: &Person) -> Person {
    Person {
        snils: None,
        phone: None,
        email: None,
        ..person.clone()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::person::{Birthday, Snils};
    use crate::sensitive::Sensitive;

    /// `Иванова Мария`, and the date of birth.
    pub(crate) fn person(last: &str, first: &str, born: &str) -> Person {
        Person {
            last_name: Sensitive::new(last.into()),
            first_name: Sensitive::new(first.into()),
            middle_name: None,
            birth_date: Birthday::parse(born),
            snils: None,
            phone: None,
            email: None,
        }
    }

    pub(crate) fn maria() -> Person {
        person("Иванова", "Мария", "1985-03-12")
    }

    pub(crate) fn pyotr() -> Person {
        person("Петров", "Пётр", "1990-07-01")
    }

    fn with_snils(text: &str) -> Person {
        Person {
            snils: Snils::parse(text),
            ..maria()
        }
    }

    #[test]
    fn one_person_has_one_name_and_one_birthday() {
        assert!(same_person(
            &maria(),
            &person("ИВАНОВА", "мария", "1985-03-12")
        ));
        for other in [
            person("Иванова", "Мария", "1985-03-13"),
            person("Иванова", "Марина", "1985-03-12"),
            person("Петрова", "Мария", "1985-03-12"),
            person("Иванова", "Мария", ""),
            Person::holder(None, None),
        ] {
            assert!(!same_person(&maria(), &other));
            assert!(!same_person(&other, &maria()));
        }
        let unknown = person("Иванова", "Мария", "");
        assert!(!same_person(&unknown, &unknown), "never by name alone");
        let named = Person {
            middle_name: Some(Sensitive::new("Петровна".into())),
            ..maria()
        };
        assert!(!same_person(&maria(), &named));
    }

    #[test]
    fn snils_parts_people_and_its_absence_does_not() {
        let (one, other) = (with_snils("11223344595"), with_snils("08765430300"));
        assert!(one.snils.is_some() && other.snils.is_some());
        assert!(!same_person(&one, &other));
        assert!(same_person(&one, &maria()) && same_person(&maria(), &other));
    }

    #[test]
    fn whose_a_contact_is() {
        assert_eq!(whose(&distinct([])), Whose::Nobody);
        let nameless = [Person::holder(None, None), person("Иванова", "Мария", "")];
        assert_eq!(whose(&distinct(nameless)), Whose::Nobody);
        let twice = distinct([maria(), with_snils("11223344595"), maria()]);
        assert_eq!(whose(&twice), Whose::One(Box::new(maria())));
        assert_eq!(
            whose(&distinct([maria(), pyotr(), maria()])),
            Whose::Several
        );
        let two = distinct([with_snils("11223344595"), with_snils("08765430300")]);
        assert_eq!(whose(&two), Whose::Several, "one name, two people");
    }

    #[test]
    fn an_account_keeps_no_numbers_of_a_clinics_record() {
        assert_eq!(by_clinic(&with_snils("11223344595")), maria());
    }
}
