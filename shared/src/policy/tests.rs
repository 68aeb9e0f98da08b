//! The table as data, and what it decides.

mod every;

use super::*;
use std::collections::BTreeSet;

fn ask(kind: Kind, delivery: Delivery, method: Method) -> Question {
    Question {
        kind,
        delivery,
        method,
        patient_born: Birthday::parse("1985-03-12"),
        acting: None,
        agreement: Agreement::NotAsked,
        today: (2026, 11, 22),
    }
}

#[test]
fn the_builtin_table_is_whole() {
    let table = Table::builtin();
    assert_eq!(table.version(), "2026-11-2");
    for row in table.rows() {
        assert_eq!(overrides::check_row(row), Ok(()), "{}", row.id);
    }
    for row in table.ages() {
        assert_eq!(overrides::check_age(row), Ok(()), "{}", row.id);
    }
    let ids: BTreeSet<_> = table.rows().iter().map(|row| &row.id).collect();
    let ages: BTreeSet<_> = table.ages().iter().map(|row| &row.id).collect();
    assert_eq!(
        (ids.len(), ages.len()),
        (table.rows().len(), table.ages().len())
    );
    assert!(ids.is_disjoint(&ages));
    for kind in Kind::ALL {
        for method in Method::ALL {
            let rows = table.about(*kind, *method).count();
            assert_eq!(rows, 1, "{kind:?} {method:?}");
        }
    }
}

/// The state machine knows from the kind who completes a document; the table says the same.
#[test]
fn a_medic_completes_what_the_table_says() {
    for row in Table::builtin().rows() {
        for kind in &row.kinds {
            let medic = row.second_signature == SecondSignature::Medic;
            assert_eq!(kind.needs_medic(), medic, "{} {kind:?}", row.id);
        }
    }
    for kind in Kind::ALL {
        let care = kind.needs_medic() || *kind == Kind::SecrecyDisclosure;
        assert_eq!(Table::builtin().is_care(*kind), care, "{kind:?}");
    }
}

#[test]
fn rows_that_old_evidence_names() {
    for (kind, rule) in [
        (Kind::Ids, "ids-esia"),
        (Kind::Refusal, "refusal-esia"),
        (Kind::TelemedConsent, "telemed-esia"),
        (Kind::SecrecyDisclosure, "secrecy-esia"),
        (Kind::RecordsRequest, "records-esia"),
        (Kind::PdConsent, "personal-data"),
        (Kind::MarketingConsent, "personal-data"),
        (Kind::PaidContract, "civil"),
        (Kind::Addendum, "civil"),
        (Kind::UserAgreement, "civil"),
        (Kind::EdoAgreement, "civil"),
        (Kind::Other, "civil"),
    ] {
        let allowed = decide(Table::builtin(), ask(kind, Delivery::Link, Method::Esia)).unwrap();
        assert_eq!(allowed.rule, rule);
        assert!(!allowed.needs_agreement);
        let last = allowed.basis.last().unwrap();
        assert!(last.contains("63-ФЗ «Об электронной подписи»"), "{last}");
    }
}

#[test]
fn what_may_be_signed_by_a_code() {
    for kind in Kind::ALL {
        let of = |method| {
            let table = Table::builtin();
            table.about(*kind, method).next().unwrap().verdict
        };
        let sms = match kind {
            Kind::PdConsent
            | Kind::MarketingConsent
            | Kind::PaidContract
            | Kind::Addendum
            | Kind::Other => Verdict::AllowWithAgreement,
            Kind::UserAgreement | Kind::EdoAgreement => Verdict::AllowOffer,
            _ => Verdict::Block,
        };
        let email = if *kind == Kind::UserAgreement {
            Verdict::AllowOffer
        } else {
            Verdict::Block
        };
        assert_eq!(
            (of(Method::Sms), of(Method::Email)),
            (sms, email),
            "{kind:?}"
        );
    }
}

#[test]
fn no_medical_consent_by_sms_in_any_combination() {
    for kind in [
        Kind::Ids,
        Kind::Refusal,
        Kind::TelemedConsent,
        Kind::SecrecyDisclosure,
    ] {
        for delivery in Delivery::ALL {
            for method in [Method::Sms, Method::Email] {
                let refusal = decide(Table::builtin(), ask(kind, *delivery, method)).unwrap_err();
                assert_eq!(refusal.rule, "R1");
            }
        }
        assert!(decide(Table::builtin(), ask(kind, Delivery::Link, Method::Esia)).is_ok());
    }
}

#[test]
fn a_code_needs_the_account_and_the_agreement() {
    let table = Table::builtin();
    let by_link = ask(Kind::PdConsent, Delivery::Link, Method::Sms);
    assert_eq!(decide(table, by_link).unwrap_err().rule, "R6");
    let q = ask(Kind::PdConsent, Delivery::Account, Method::Sms);
    for agreement in [Agreement::NotAsked, Agreement::Valid] {
        let allowed = decide(table, Question { agreement, ..q }).unwrap();
        assert!(allowed.needs_agreement);
        assert_eq!(allowed.rule, "personal-data-sms");
    }
    let agreement = Agreement::Missing;
    let refusal = decide(table, Question { agreement, ..q }).unwrap_err();
    assert_eq!(refusal.rule, "R6");
    assert!(
        refusal
            .to_signer
            .contains("сначала примите соглашение клиники")
    );
    // By ESIA there is no such need, nor for the agreement itself.
    for q in [
        ask(Kind::PdConsent, Delivery::Account, Method::Esia),
        ask(Kind::UserAgreement, Delivery::Account, Method::Sms),
        ask(Kind::EdoAgreement, Delivery::Account, Method::Sms),
        ask(Kind::UserAgreement, Delivery::Account, Method::Email),
    ] {
        assert!(decide(table, Question { agreement, ..q }).is_ok(), "{q:?}");
    }
}

#[test]
fn an_act_of_the_past_blocks_and_is_named() {
    let table = Table::builtin();
    let on = |kind, today| {
        let q = ask(kind, Delivery::Link, Method::Esia);
        decide(table, Question { today, ..q })
    };
    assert!(on(Kind::Ids, (2028, 2, 29)).is_ok());
    for today in [(2028, 3, 1), (2031, 1, 1)] {
        for kind in [Kind::Ids, Kind::Refusal] {
            let refusal = on(kind, today).unwrap_err();
            assert_eq!(refusal.rule, "R0");
            assert_eq!(refusal.law, "приказ Минздрава России от 12.11.2021 № 1051н");
            for text in [&refusal.sentence, &refusal.to_signer] {
                assert!(text.contains("1051н"), "{text}");
                assert!(
                    text.contains("перестало действовать 1\u{a0}марта 2028\u{a0}года"),
                    "{text}"
                );
            }
        }
        assert!(on(Kind::PaidContract, today).is_ok());
    }
    assert_eq!(
        on(Kind::MedicalRecordOut, (2027, 1, 31)).unwrap_err().rule,
        "R1"
    );
    let refusal = on(Kind::MedicalRecordOut, (2027, 2, 1)).unwrap_err();
    assert_eq!(refusal.rule, "R0");
    assert!(refusal.sentence.contains("947н"));
}

#[test]
fn an_act_of_the_future_blocks_and_is_named() {
    let q = ask(Kind::TelemedConsent, Delivery::Link, Method::Esia);
    let today = (2025, 8, 31);
    let refusal = decide(Table::builtin(), Question { today, ..q }).unwrap_err();
    assert_eq!(refusal.rule, "R0");
    for text in [&refusal.sentence, &refusal.to_signer] {
        assert!(text.contains("193н"), "{text}");
        assert!(
            text.contains("начинает действовать 1\u{a0}сентября 2025\u{a0}года"),
            "{text}"
        );
    }
}

#[test]
fn an_empty_table_allows_nothing() {
    for kind in Kind::ALL {
        for method in Method::ALL {
            let q = ask(*kind, Delivery::Account, *method);
            assert_eq!(decide(&Table::default(), q).unwrap_err().rule, "R1");
        }
    }
}
