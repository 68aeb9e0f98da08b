//! An operator's rows: what is taken, what is refused, and that stricter means stricter.

mod random;

use super::*;
use crate::document::{Delivery, Kind, Method};
use crate::person::Birthday;
use crate::policy::{Agreement, Question, decide, expiry};
use serde_json::{Value, json};

/// A builtin row as JSON, with some fields otherwise.
fn row(list: &str, id: &str, changes: Value) -> Value {
    let text = include_str!("../../../policy/2026-11-2.json");
    let table: Value = serde_json::from_str(text).unwrap();
    let rows = table[list].as_array().unwrap();
    let mut row = rows.iter().find(|row| row["id"] == id).unwrap().clone();
    for (name, value) in changes.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

fn rows(id: &str, changes: Value) -> String {
    json!({ "rows": [row("rows", id, changes)] }).to_string()
}

fn ages(id: &str, changes: Value) -> String {
    json!({ "ages": [row("ages", id, changes)] }).to_string()
}

fn ask(kind: Kind, method: Method) -> Question {
    Question {
        kind,
        delivery: Delivery::Account,
        method,
        patient_born: Birthday::parse("1985-03-12"),
        acting: None,
        agreement: Agreement::Valid,
        today: (2026, 11, 28),
    }
}

#[test]
fn stricter_rows_are_taken_and_named_in_the_version() {
    let text = rows("civil-sms", json!({ "verdict": "block", "basis": [] }));
    let table = Table::with_override(&text, false).unwrap();
    let hash = sha256_hex(text.as_bytes());
    assert_eq!(table.version(), format!("2026-11-2+op:{}", &hash[..8]));
    assert_eq!(table.rows().len(), Table::builtin().rows().len());
    let q = ask(Kind::PaidContract, Method::Sms);
    assert!(decide(Table::builtin(), q).is_ok());
    assert_eq!(decide(&table, q).unwrap_err().rule, "R1");

    for text in [
        rows("ids-esia", json!({ "valid_until": "2027-01-01" })),
        rows("ids-esia", json!({ "valid_from": "2026-01-01" })),
        rows(
            "user-agreement-sms",
            json!({ "verdict": "allow_with_agreement" }),
        ),
        rows(
            "civil",
            json!({ "id": "civil-until", "valid_until": "2030-01-01", "act": "акт" }),
        ),
        rows(
            "civil",
            json!({ "id": "civil-other", "kinds": ["other"], "verdict": "block" }),
        ),
        ages("own-signature", json!({ "age": 18 })),
        ages("representative-parent", json!({ "age": 17 })),
        ages("minor-other", json!({ "age": 16 })),
        ages("incapable", json!({ "age": 100 })),
        ages(
            "minor-care",
            json!({ "id": "strict", "care": null, "age": 14 }),
        ),
    ] {
        assert!(Table::with_override(&text, false).is_ok(), "{text}");
    }
}

#[test]
fn an_added_row_decides_with_the_others_and_the_strictest_counts() {
    let text = rows(
        "civil",
        json!({ "id": "no-other", "kinds": ["other"], "verdict": "block" }),
    );
    let table = Table::with_override(&text, false).unwrap();
    assert!(decide(&table, ask(Kind::Other, Method::Esia)).is_err());
    assert!(decide(&table, ask(Kind::PaidContract, Method::Esia)).is_ok());
    // A looser one beside a stricter one changes nothing, on purpose or not.
    let text = rows(
        "ids-sms",
        json!({ "id": "free", "verdict": "allow", "basis": ["закон"] }),
    );
    let table = Table::with_override(&text, true).unwrap();
    assert!(decide(&table, ask(Kind::Ids, Method::Sms)).is_err());
}

#[test]
fn an_agreement_that_is_no_offer_any_more_needs_to_know_who_accepts() {
    let text = rows(
        "user-agreement-sms",
        json!({ "verdict": "allow_with_agreement" }),
    );
    let table = Table::with_override(&text, false).unwrap();
    let known = ask(Kind::UserAgreement, Method::Sms);
    let holder = Question {
        patient_born: None,
        ..known
    };
    assert!(decide(&table, known).is_ok());
    assert_eq!(decide(&table, holder).unwrap_err().rule, "R3");
    assert!(decide(Table::builtin(), holder).is_ok());
}

#[test]
fn looser_rows_are_refused_by_name_unless_allowed_on_purpose() {
    for (text, id, what) in [
        (
            rows("ids-sms", json!({ "verdict": "allow", "basis": ["закон"] })),
            "ids-sms",
            "verdict",
        ),
        (
            rows("civil-sms", json!({ "verdict": "allow" })),
            "civil-sms",
            "verdict",
        ),
        (
            rows("civil-sms", json!({ "verdict": "allow_offer" })),
            "civil-sms",
            "verdict",
        ),
        (
            rows("ids-esia", json!({ "valid_until": "2028-03-02" })),
            "ids-esia",
            "valid_until",
        ),
        (
            rows("ids-esia", json!({ "valid_until": null })),
            "ids-esia",
            "valid_until",
        ),
        (
            rows("ids-esia", json!({ "valid_from": "2022-02-28" })),
            "ids-esia",
            "valid_from",
        ),
        (
            rows("ids-esia", json!({ "valid_from": null })),
            "ids-esia",
            "valid_from",
        ),
        (
            rows("civil", json!({ "kinds": ["paid_contract"] })),
            "civil",
            "kinds",
        ),
        (
            rows("secrecy-sms", json!({ "method": "email" })),
            "secrecy-sms",
            "method",
        ),
        (
            rows(
                "ids-esia",
                json!({ "id": "ids-esia-2028", "valid_from": "2028-03-01", "valid_until": null }),
            ),
            "ids-esia-2028",
            "no builtin row",
        ),
        (
            rows(
                "civil",
                json!({ "id": "more", "kinds": ["other", "edo_agreement"], "method": "email" }),
            ),
            "more",
            "no builtin row",
        ),
        (
            ages("own-signature", json!({ "age": 14 })),
            "own-signature",
            "age",
        ),
        (
            ages("representative-adult", json!({ "age": 17 })),
            "representative-adult",
            "age",
        ),
        (
            ages("representative-parent", json!({ "child_under": 18 })),
            "representative-parent",
            "child_under",
        ),
        (
            ages("minor-care", json!({ "age": 16 })),
            "minor-care",
            "age",
        ),
        (
            ages("minor-care", json!({ "age": null })),
            "minor-care",
            "age",
        ),
        (
            ages("minor-care", json!({ "grounds": ["minor_donation"] })),
            "minor-care",
            "grounds",
        ),
        (
            ages("minor-care", json!({ "care": false })),
            "minor-care",
            "care",
        ),
    ] {
        let error = Table::with_override(&text, false).unwrap_err();
        assert!(matches!(error, TableError::Looser { .. }), "{error}");
        let said = error.to_string();
        assert!(
            said.contains(&format!("`{id}`")) && said.contains(what),
            "{said}"
        );
        assert!(Table::with_override(&text, true).is_ok(), "{text}");
    }
}

#[test]
fn rows_that_make_no_sense_are_refused_even_on_purpose() {
    let twice = row("rows", "civil", json!({}));
    for (text, what) in [
        (String::new(), "can't be read"),
        ("[]".to_owned(), "can't be read"),
        ("{}".to_owned(), "there is none"),
        (
            json!({ "rows": [twice, twice] }).to_string(),
            "`civil`: stands twice",
        ),
        (rows("civil", json!({ "vedict": "block" })), "vedict"),
        (rows("civil", json!({ "verdict": "maybe" })), "maybe"),
        (rows("civil", json!({ "kinds": ["letter"] })), "letter"),
        (rows("civil", json!({ "method": "fax" })), "fax"),
        (rows("civil", json!({ "kinds": [] })), "no kind"),
        (rows("civil", json!({ "id": "Гражданский" })), "its id"),
        (rows("civil", json!({ "id": "" })), "its id"),
        (rows("civil", json!({ "basis": [] })), "no basis"),
        (rows("civil", json!({ "basis": [" "] })), "texts"),
        (rows("civil", json!({ "signer": "Да.\nНет." })), "texts"),
        (rows("civil", json!({ "law": "x".repeat(501) })), "texts"),
        (
            rows("civil", json!({ "second_signature": "medic" })),
            "second_signature",
        ),
        (
            rows("ids-esia", json!({ "second_signature": "none" })),
            "second_signature",
        ),
        (
            rows("civil", json!({ "valid_until": "2030-01-01" })),
            "no act",
        ),
        (
            rows("ids-esia", json!({ "valid_until": "2022-03-01" })),
            "not later",
        ),
        (
            rows("ids-esia", json!({ "valid_until": "2028-02-30" })),
            "YYYY-MM-DD",
        ),
        (ages("own-signature", json!({ "age": null })), "no age"),
        (ages("own-signature", json!({ "age": 151 })), "0 to 150"),
        (
            ages("own-signature", json!({ "grounds": ["minor"] })),
            "grounds",
        ),
        (ages("minor-care", json!({ "grounds": [] })), "grounds"),
        (
            ages("representative-parent", json!({ "child_under": null })),
            "child_under",
        ),
        (json!({ "care": [] }).to_string(), "care"),
    ] {
        for looser in [false, true] {
            let said = Table::with_override(&text, looser).unwrap_err().to_string();
            assert!(said.contains(what), "{what}: {said}");
        }
    }
}

/// The examples of `docs/policy.md`, in their order.
fn documented() -> Vec<&'static str> {
    let text = include_str!("../../../../docs/policy.md");
    let blocks = text.split("```json\n").skip(1);
    blocks.filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn the_documented_examples_work() {
    let [stricter, successor] = documented()[..] else {
        panic!("two examples");
    };
    let table = Table::with_override(stricter, false).unwrap();
    let refusal = decide(&table, ask(Kind::PaidContract, Method::Sms)).unwrap_err();
    assert_eq!(
        (refusal.rule, refusal.law.as_str()),
        ("R1", "локальный акт клиники")
    );

    let error = Table::with_override(successor, false).unwrap_err();
    assert!(matches!(error, TableError::Looser { .. }), "{error}");
    let table = Table::with_override(successor, true).unwrap();
    assert!(expiry(&table, (2027, 1, 15)).expiring.is_empty());
    assert!(expiry(&table, (2027, 2, 1)).expired.is_empty());
    for method in Method::ALL {
        let today = (2027, 2, 1);
        let q = Question {
            today,
            ..ask(Kind::MedicalRecordOut, *method)
        };
        assert_eq!(decide(Table::builtin(), q).unwrap_err().rule, "R0");
        let refusal = decide(&table, q).unwrap_err();
        assert_eq!((refusal.rule, refusal.law.as_str()), ("R1", "1000н"));
    }
}

/// Each row of the table stands in the document.
#[test]
fn the_document_names_every_row() {
    let text = include_str!("../../../../docs/policy.md");
    for row in Table::builtin().rows() {
        assert!(text.contains(&format!("`{}`", row.id)), "{}", row.id);
    }
    assert!(text.contains(&format!(
        "shared/policy/{}.json",
        Table::builtin().version()
    )));
}
