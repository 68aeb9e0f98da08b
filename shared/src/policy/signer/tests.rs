//! The rule by age, ground and kind.

use super::*;
use crate::document::Delivery;
use crate::policy::{Agreement, decide};
use proptest::prelude::*;

const TODAY: (i32, u8, u8) = (2026, 11, 23);
const ALL: [Ground; 5] = [
    Ground::Minor,
    Ground::MinorDrugTreatment,
    Ground::MinorNarcology,
    Ground::MinorDonation,
    Ground::Incapable,
];

/// Born so that the person is so old today, by a birthday today.
fn aged(years: i32) -> Birthday {
    Birthday::parse(&format!("{:04}-11-23", 2026 - years)).unwrap()
}

fn question(kind: Kind, born: Option<Birthday>, acting: Option<Acting>) -> Question {
    Question {
        kind,
        delivery: Delivery::Account,
        method: Method::Esia,
        patient_born: born,
        acting,
        agreement: Agreement::Missing,
        today: TODAY,
    }
}

fn ask(kind: Kind, patient: i32, acting: Option<(Ground, i32)>) -> Result<(), Refusal> {
    let acting = acting.map(|(ground, age)| Acting {
        born: aged(age),
        ground,
    });
    let q = question(kind, Some(aged(patient)), acting);
    decide(Table::builtin(), q).map(|_| ())
}

/// The refusal of a row of ages.
fn by(id: &str) -> Result<(), Refusal> {
    let mut rows = Table::builtin().ages().iter();
    Err(refused(rows.find(|row| row.id == id).unwrap()))
}

#[test]
fn the_patient_signs_from_15_on() {
    for kind in [Kind::Ids, Kind::PdConsent, Kind::PaidContract] {
        assert_eq!(ask(kind, 14, None), by("own-signature"));
        assert_eq!(ask(kind, 15, None), Ok(()));
    }
}

#[test]
fn each_ground_ends_at_its_age() {
    for (ground, kind, until, law) in [
        (Ground::Minor, Kind::Ids, 15, "323-ФЗ ст. 20 ч. 2"),
        (Ground::Minor, Kind::Refusal, 15, "323-ФЗ ст. 20 ч. 2"),
        (
            Ground::Minor,
            Kind::TelemedConsent,
            15,
            "323-ФЗ ст. 20 ч. 2",
        ),
        (
            Ground::Minor,
            Kind::SecrecyDisclosure,
            15,
            "323-ФЗ ст. 20 ч. 2",
        ),
        (
            Ground::Minor,
            Kind::PaidContract,
            18,
            "ГК РФ ст. 21, 26, 28",
        ),
        (Ground::Minor, Kind::PdConsent, 18, "ГК РФ ст. 21, 26, 28"),
        (
            Ground::MinorDrugTreatment,
            Kind::Ids,
            16,
            "323-ФЗ ст. 54 ч. 2",
        ),
        (
            Ground::MinorDrugTreatment,
            Kind::PaidContract,
            18,
            "ГК РФ ст. 21, 26, 28",
        ),
        (Ground::MinorNarcology, Kind::Ids, 18, "323-ФЗ ст. 20 ч. 2"),
        (
            Ground::MinorDonation,
            Kind::Refusal,
            18,
            "323-ФЗ ст. 47 ч. 5",
        ),
    ] {
        let at = |age| ask(kind, age, Some((ground, 40)));
        assert_eq!(at(0), Ok(()), "{ground:?} {kind:?}");
        assert_eq!(at(until - 1), Ok(()), "{ground:?} {kind:?}");
        let refusal = at(until).unwrap_err();
        assert_eq!((refusal.rule, refusal.law.as_str()), ("R3", law));
        for text in [refusal.sentence, refusal.to_signer] {
            assert!(text.contains(&format!("{until} лет")), "{text}");
        }
    }
    for age in [0, 14, 15, 18, 80] {
        assert_eq!(ask(Kind::Ids, age, Some((Ground::Incapable, 40))), Ok(()));
    }
}

#[test]
fn a_day_decides() {
    let born = |text| Birthday::parse(text).unwrap();
    let at = |today| {
        let mother = Acting {
            born: born("1984-09-08"),
            ground: Ground::Minor,
        };
        let q = question(Kind::Ids, Some(born("2011-11-23")), Some(mother));
        decide(Table::builtin(), Question { today, ..q }).map(|_| ())
    };
    // Taken in on the eve of the birthday, too late to sign on the day itself.
    assert_eq!(at((2026, 11, 22)), Ok(()));
    assert_eq!(at((2026, 11, 23)), by("minor-care"));
}

#[test]
fn who_acts_is_of_age() {
    let minor = |age| ask(Kind::Ids, 3, Some((Ground::Minor, age)));
    assert_eq!(
        (minor(15), minor(16)),
        (by("representative-parent"), Ok(()))
    );
    // A parent of 16 has no child of 15; and only a parent's right begins at 16.
    let of_15 = |age| ask(Kind::PaidContract, 15, Some((Ground::Minor, age)));
    assert_eq!((of_15(17), of_15(18)), (by("representative-adult"), Ok(())));
    for ground in ALL.into_iter().skip(1) {
        let at = |age| ask(Kind::Ids, 3, Some((ground, age)));
        assert_eq!(
            (at(17), at(18)),
            (by("representative-adult"), Ok(())),
            "{ground:?}"
        );
    }
}

#[test]
fn without_a_date_of_birth_only_an_offer_is_accepted_by_a_code() {
    let mother = Acting {
        born: aged(40),
        ground: Ground::Minor,
    };
    for kind in Kind::ALL {
        for method in Method::ALL {
            let q = Question {
                method: *method,
                agreement: Agreement::Valid,
                ..question(*kind, None, None)
            };
            let passes = decide(Table::builtin(), q).is_ok();
            let offer = match method {
                Method::Esia => false,
                Method::Sms => matches!(kind, Kind::UserAgreement | Kind::EdoAgreement),
                Method::Email => *kind == Kind::UserAgreement,
            };
            assert_eq!(passes, offer, "{kind:?} {method:?}");
            let acting = Some(mother);
            assert!(decide(Table::builtin(), Question { acting, ..q }).is_err());
        }
    }
    let q = question(Kind::PaidContract, None, None);
    assert_eq!(decide(Table::builtin(), q).unwrap_err().rule, "R3");
}

#[test]
fn grounds_on_the_wire() {
    let names = ALL.map(|ground| serde_json::to_string(&ground).unwrap());
    assert_eq!(
        names,
        [
            r#""minor""#,
            r#""minor_drug_treatment""#,
            r#""minor_narcology""#,
            r#""minor_donation""#,
            r#""incapable""#
        ]
    );
}

proptest! {
    /// For every patient, day and kind: an adult may act by some ground, or the patient signs; and where a minor's
    /// ground has ended, it never comes back.
    #[test]
    fn somebody_can_always_sign(age in 0i32..90, kind in proptest::sample::select(Kind::ALL)) {
        prop_assume!(kind != Kind::MedicalRecordOut);
        prop_assert!(
            ask(kind, age, None).is_ok() || ask(kind, age, Some((Ground::Minor, 40))).is_ok()
        );
        for ground in ALL {
            if ask(kind, age, Some((ground, 40))).is_err() {
                prop_assert!(ask(kind, age + 1, Some((ground, 40))).is_err());
                prop_assert!(ask(kind, age, None).is_ok());
            }
        }
    }
}
