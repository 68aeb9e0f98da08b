//! The warning before an act ends.

use super::*;

fn on(table: &Table, day: &str) -> Expiry {
    expiry(table, Day::parse(day).unwrap().triple())
}

fn terms(terms: &[Term]) -> Vec<(Vec<&str>, String)> {
    terms.iter().map(of).collect()
}

fn of(term: &Term) -> (Vec<&str>, String) {
    let rows = term.rows.iter().map(String::as_str).collect();
    (rows, String::from(term.until))
}

#[test]
fn it_warns_90_days_before_and_tells_what_has_ended() {
    let table = Table::builtin();
    let (record, ids) = (
        (
            vec!["record-out-esia", "record-out-sms", "record-out-email"],
            "2027-02-01".to_owned(),
        ),
        (vec!["ids-esia", "refusal-esia"], "2028-03-01".to_owned()),
    );
    let quiet = on(table, "2026-11-02");
    assert_eq!(
        (terms(&quiet.expiring), terms(&quiet.expired)),
        (vec![], vec![])
    );
    for day in ["2026-11-03", "2027-01-31"] {
        let found = on(table, day);
        assert_eq!(terms(&found.expiring), vec![record.clone()], "{day}");
        assert!(found.expired.is_empty(), "{day}");
        assert_eq!(
            found.expiring[0].act,
            "приказ Минздрава России от 07.09.2020 № 947н"
        );
    }
    let found = on(table, "2027-02-01");
    assert_eq!(
        (terms(&found.expiring), terms(&found.expired)),
        (vec![], vec![record.clone()])
    );
    let found = on(table, "2027-12-02");
    assert_eq!(
        (terms(&found.expiring), terms(&found.expired)),
        (vec![ids.clone()], vec![record.clone()])
    );
    let found = on(table, "2028-03-01");
    assert_eq!(
        (terms(&found.expiring), terms(&found.expired)),
        (vec![], vec![record, ids])
    );
}

#[test]
fn a_row_in_its_place_ends_the_warning() {
    let next = |from: &str| {
        let row = serde_json::json!({
            "id": "ids-esia-2028", "kinds": ["ids", "refusal"], "method": "esia", "verdict": "allow",
            "second_signature": "medic", "valid_from": from, "act": "новый приказ", "law": "323-ФЗ ст. 20 ч. 7",
            "basis": ["новый приказ"], "clinic": "Можно.", "signer": "Можно.",
        });
        let rows = serde_json::json!({ "rows": [row] }).to_string();
        Table::with_override(&rows, true).unwrap()
    };
    let seamless = next("2028-03-01");
    assert!(on(&seamless, "2028-02-29").expiring.is_empty());
    assert_eq!(
        terms(&on(&seamless, "2028-03-01").expired).len(),
        1,
        "947н alone"
    );
    // A day too late: on that day nobody can sign.
    let late = next("2028-03-02");
    assert_eq!(on(&late, "2028-02-29").expiring.len(), 1);
    assert_eq!(on(&late, "2028-03-01").expired.len(), 2);
    assert_eq!(on(&late, "2028-03-02").expired.len(), 1);
}

#[test]
fn form_on_the_wire() {
    let found = on(Table::builtin(), "2027-02-01");
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json["expiring"], serde_json::json!([]));
    assert_eq!(json["expired"][0]["until"], "2027-02-01");
    assert_eq!(json["expired"][0]["rows"][0], "record-out-esia");
}
