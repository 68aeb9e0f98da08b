//! What the page offers.

use super::*;
use crate::document::{Delivery, Kind};
use crate::person::Birthday;

fn ask(kind: Kind, method: Method, agreement: Agreement) -> Question {
    Question {
        kind,
        delivery: Delivery::Account,
        method,
        patient_born: Birthday::parse("1985-03-12"),
        acting: None,
        agreement,
        today: (2026, 11, 28),
    }
}

fn offered(q: Question) -> Vec<(Method, Option<String>, bool)> {
    let of = |way: Way| {
        (
            way.method,
            way.refusal.map(|refusal| refusal.rule),
            way.needs_agreement,
        )
    };
    ways(Table::builtin(), q).into_iter().map(of).collect()
}

#[test]
fn a_document_by_code_is_offered_both_ways() {
    for kind in [Kind::PaidContract, Kind::PdConsent, Kind::Other] {
        assert_eq!(
            offered(ask(kind, Method::Sms, Agreement::Valid)),
            [(Method::Esia, None, false), (Method::Sms, None, true)]
        );
        // The agreement first.
        assert_eq!(
            offered(ask(kind, Method::Sms, Agreement::Missing)),
            [
                (Method::Esia, None, false),
                (Method::Sms, Some("R6".into()), true)
            ]
        );
    }
}

#[test]
fn the_clinic_may_ask_for_gosuslugi_alone() {
    let all = ways(
        Table::builtin(),
        ask(Kind::PaidContract, Method::Esia, Agreement::Valid),
    );
    assert!(all[0].offered);
    let sms = &all[1];
    assert!(!sms.offered && !sms.needs_agreement);
    let refusal = sms.refusal.clone().unwrap();
    assert_eq!((refusal.rule.as_str(), refusal.law), ("asked", None));
    assert_eq!(
        refusal.sentence,
        "Клиника просит подписать этот документ через Госуслуги."
    );
}

#[test]
fn the_law_has_the_first_word() {
    for kind in [
        Kind::Ids,
        Kind::Refusal,
        Kind::TelemedConsent,
        Kind::SecrecyDisclosure,
    ] {
        for method in [Method::Esia, Method::Sms] {
            let all = ways(Table::builtin(), ask(kind, method, Agreement::Valid));
            assert!(all[0].offered);
            let refusal = all[1].refusal.clone().unwrap();
            assert_eq!(refusal.rule, "R1");
            assert!(refusal.law.unwrap().contains("323-ФЗ"));
            assert!(
                refusal.sentence.contains("Госуслуг"),
                "{}",
                refusal.sentence
            );
        }
    }
}

#[test]
fn an_agreement_is_accepted_by_a_code() {
    assert_eq!(
        offered(ask(Kind::UserAgreement, Method::Email, Agreement::Missing)),
        [
            (Method::Esia, None, false),
            (Method::Sms, Some("asked".into()), false),
            (Method::Email, None, false)
        ]
    );
    assert_eq!(
        offered(ask(Kind::UserAgreement, Method::Sms, Agreement::Missing)),
        [(Method::Esia, None, false), (Method::Sms, None, false)]
    );
}

/// The page never offers what a function would refuse, and hides nothing that it would take.
#[test]
fn pages_and_functions_agree() {
    for kind in Kind::ALL {
        for asked in Method::ALL {
            for delivery in Delivery::ALL {
                for agreement in [Agreement::NotAsked, Agreement::Missing, Agreement::Valid] {
                    for born in [
                        None,
                        Birthday::parse("1985-03-12"),
                        Birthday::parse("2015-01-01"),
                    ] {
                        let q = Question {
                            delivery: *delivery,
                            patient_born: born,
                            ..ask(*kind, *asked, agreement)
                        };
                        for way in ways(Table::builtin(), q) {
                            let method = way.method;
                            let taken = accepts(*asked, method)
                                && decide(Table::builtin(), Question { method, ..q }).is_ok();
                            assert_eq!(way.offered, taken, "{q:?} {method:?}");
                            assert_eq!(way.refusal.is_none(), way.offered);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn form_on_the_wire() {
    let all = ways(
        Table::builtin(),
        ask(Kind::PaidContract, Method::Esia, Agreement::NotAsked),
    );
    let json = serde_json::to_value(&all).unwrap();
    assert_eq!(
        json,
        serde_json::json!([
            { "method": "esia", "offered": true, "needs_agreement": false },
            {
                "method": "sms", "offered": false, "needs_agreement": false,
                "refusal": {
                    "rule": "asked", "sentence": "Клиника просит подписать этот документ через Госуслуги."
                },
            },
        ])
    );
    assert_eq!(serde_json::from_value::<Vec<Way>>(json).unwrap(), all);
}

#[test]
fn before_esia_only_the_unknown_age_is_left_open() {
    let unknown = Question {
        patient_born: None,
        ..ask(Kind::UserAgreement, Method::Sms, Agreement::Missing)
    };
    let table = Table::builtin();
    assert!(decide(table, before_esia(unknown)).is_ok());
    // What ESIA does not tell stays unknown to the table itself.
    let method = Method::Esia;
    assert!(decide(table, Question { method, ..unknown }).is_err());
    let child = Question {
        patient_born: Birthday::parse("2015-01-01"),
        ..unknown
    };
    assert_eq!(decide(table, before_esia(child)).unwrap_err().rule, "R3");
    let record = Question {
        kind: Kind::MedicalRecordOut,
        ..unknown
    };
    assert_eq!(decide(table, before_esia(record)).unwrap_err().rule, "R1");
}
