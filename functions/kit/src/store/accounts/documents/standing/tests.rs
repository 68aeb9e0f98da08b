//! Who sees what, by person, number and age.

use super::*;
use podpis_shared::policy::Ground;
use serde_json::{Value, json};

fn person(first_name: &str, born: &str, snils: Option<&str>) -> Person {
    let mut value = json!({"last_name": "Иванова", "first_name": first_name, "birth_date": born});
    if let Some(snils) = snils {
        value["snils"] = Value::from(snils);
    }
    serde_json::from_value(value).unwrap()
}

fn mother() -> Person {
    person("Мария", "1985-03-12", Some("11223344595"))
}

fn own() -> Found {
    Found {
        id: "doc_1".into(),
        clinic_id: "cl_1".into(),
        title: "Договор".into(),
        kind: Kind::PaidContract,
        patient: mother(),
        representative: None,
        created_at: at("2026-11-22T09:00:00Z"),
    }
}

/// For a daughter, signed by her mother.
fn for_daughter(kind: Kind, born: &str) -> Found {
    let representative = Representative {
        person: mother(),
        basis: "мать".into(),
        record_ref: "карта 1".into(),
        ground: Ground::Minor,
    };
    Found {
        kind,
        patient: person("Дарья", born, None),
        representative: Some(representative),
        ..own()
    }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn now() -> Timestamp {
    at("2026-11-23T09:00:00Z")
}

fn stands(found: &Found, person: &Person, confirmed: bool) -> Standing {
    found.standing(Holder { person, confirmed }, Table::builtin(), now())
}

#[test]
fn an_own_document_is_the_signers_without_end() {
    let signer = Standing {
        role: Some(Role::Signer),
        until: None,
    };
    assert_eq!(stands(&own(), &mother(), true), signer);
    assert_eq!(
        stands(&own(), &person("Мария", "1985-03-12", None), false),
        signer
    );
}

#[test]
fn a_number_alone_shows_nothing_of_somebody_else() {
    for other in [
        person("Мария", "1985-03-13", None),
        person("Марина", "1985-03-12", None),
        person("Мария", "1985-03-12", Some("08765430300")),
    ] {
        for confirmed in [false, true] {
            assert_eq!(stands(&own(), &other, confirmed), NOTHING, "{confirmed}");
        }
    }
    // ESIA has said who it is, and has not confirmed the SNILS that the clinic named.
    assert_eq!(
        stands(&own(), &person("Мария", "1985-03-12", None), true),
        NOTHING
    );
}

#[test]
fn a_parent_sees_until_the_child_decides() {
    for (kind, born, until) in [
        (Kind::Ids, "2011-11-24", "2026-11-23T21:00:00Z"),
        (Kind::Ids, "2020-02-29", "2035-02-28T21:00:00Z"),
        (Kind::PaidContract, "2011-11-24", "2029-11-23T21:00:00Z"),
    ] {
        let standing = stands(&for_daughter(kind, born), &mother(), true);
        assert_eq!(standing.role, Some(Role::Signer));
        assert_eq!(standing.until, Some(at(until)), "{kind:?} {born}");
    }
}

#[test]
fn a_child_sees_what_the_parent_signed_from_fifteen_on() {
    let by_her = |born| for_daughter(Kind::PaidContract, born);
    let daughter = |born| person("Дарья", born, None);
    let grown = stands(&by_her("2011-11-23"), &daughter("2011-11-23"), false);
    assert_eq!(grown.role, Some(Role::Patient));
    let small = stands(&by_her("2011-11-25"), &daughter("2011-11-25"), false);
    let again = Some(at("2026-11-24T21:00:00Z"));
    assert_eq!(
        small,
        Standing {
            role: None,
            until: again
        }
    );
}
