//! Matching a person to the addressee.

use super::*;

fn person(last: &str, first: &str, middle: Option<&str>) -> Person {
    Person {
        last_name: Sensitive::new(last.into()),
        first_name: Sensitive::new(first.into()),
        middle_name: middle.map(|m| Sensitive::new(m.into())),
        birth_date: Birthday::parse("1985-03-12"),
        snils: None,
        phone: None,
        email: None,
    }
}

#[test]
fn names_match_by_the_documented_rule() {
    let addressee = person("Семёнова-Тян", "Алёна", Some("Петровна"));
    assert_eq!(
        addressee.matches(&person("СЕМЕНОВА ТЯН", " алена", Some("петровна"))),
        Ok(())
    );
    assert_eq!(
        addressee.matches(&person("Семёнова-Тян", "Алёна", None)),
        Err(Mismatch::Name)
    );
    let latin = person("Ceмёнова-Тян", "Алёна", Some("Петровна"));
    assert_eq!(
        addressee.matches(&latin),
        Err(Mismatch::Latin),
        "Latin C is not Cyrillic С"
    );
    assert_eq!(
        person("Петров", "Пётр", None).matches(&person("Петров", "Петр", Some(""))),
        Ok(())
    );
}

#[test]
fn snils_counts_when_the_mis_gave_it() {
    let mut addressee = person("Иванова", "Мария", None);
    let mut identified = addressee.clone();
    identified.snils = Snils::parse("11223344595");
    assert_eq!(addressee.matches(&identified), Ok(()));
    addressee.snils = Snils::parse("11223344595");
    assert_eq!(addressee.matches(&identified), Ok(()));
    identified.snils = None;
    assert_eq!(addressee.matches(&identified), Err(Mismatch::Snils));
}

#[test]
fn debug_hides_the_person() {
    let mut p = person("Иванова", "Мария", Some("Петровна"));
    p.phone = Phone::parse("+79161234567");
    let shown = format!("{p:?}");
    for hidden in ["Иванова", "Мария", "1985", "7916"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
    assert_eq!(p.greeting(), "Мария\u{a0}Петровна\u{a0}И.");
    assert_eq!(p.full_name(), "Иванова Мария Петровна");
}

#[test]
fn look_alikes_get_their_own_kind() {
    let addressee = person("Иванова", "Мария", Some("Петровна"));
    for (identified, expected) in [
        (
            person("Ивановa", "Мария", Some("Петровна")),
            Mismatch::Latin,
        ),
        (
            person("ИBAHOBA", "MAPИЯ", Some("Петровна")),
            Mismatch::Latin,
        ),
        (
            person("Ивановa", "Марина", Some("Петровна")),
            Mismatch::Name,
        ),
        (person("Ивановa", "Мария", None), Mismatch::Name),
    ] {
        assert_eq!(addressee.matches(&identified), Err(expected));
    }
}

#[test]
fn a_patronymic_on_one_side_only_is_another_person() {
    let with = person("Иванова", "Мария", Some("Петровна"));
    let without = person("Иванова", "Мария", None);
    assert_eq!(with.matches(&without), Err(Mismatch::Name));
    assert_eq!(without.matches(&with), Err(Mismatch::Name));
    // What some systems write for "none".
    for none in ["", " ", "-", "\u{2014}"] {
        assert_eq!(
            without.matches(&person("Иванова", "Мария", Some(none))),
            Ok(())
        );
    }
}

#[test]
fn a_name_that_nobody_could_match_is_not_taken_in() {
    let error = person("Иванова", "Мaрия", None).check().unwrap_err();
    assert_eq!(
        error.to_string(),
        "first_name: mixes Cyrillic letters with those of another alphabet"
    );
    let error = person("Иванова", "Мария", Some("Пeтровна"))
        .check()
        .unwrap_err();
    assert_eq!(error.field, "middle_name");
    assert_eq!(person("Smith", "John", None).check(), Ok(()));
    assert_eq!(person("Ивановa", "Мария", None).check_form(), Ok(()));
}
