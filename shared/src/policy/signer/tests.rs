//! The rule by age, ground and kind.

use super::*;
use crate::document::{Delivery, Method};
use crate::policy::decide;
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

fn ask(kind: Kind, patient: i32, acting: Option<(Ground, i32)>) -> Result<(), Refusal> {
    let question = Question {
        kind,
        delivery: Delivery::Link,
        method: Method::Esia,
        patient_born: aged(patient),
        acting: acting.map(|(ground, age)| Acting {
            born: aged(age),
            ground,
        }),
        today: TODAY,
    };
    decide(question).map(|_| ())
}

#[test]
fn the_patient_signs_from_15_on() {
    for kind in [Kind::Ids, Kind::PdConsent, Kind::PaidContract] {
        assert_eq!(ask(kind, 14, None), Err(TOO_YOUNG));
        assert_eq!(ask(kind, 15, None), Ok(()));
    }
}

#[test]
fn each_ground_ends_at_its_age() {
    for (ground, kind, until) in [
        (Ground::Minor, Kind::Ids, 15),
        (Ground::Minor, Kind::Refusal, 15),
        (Ground::Minor, Kind::TelemedConsent, 15),
        (Ground::Minor, Kind::SecrecyDisclosure, 15),
        (Ground::Minor, Kind::PaidContract, 18),
        (Ground::Minor, Kind::PdConsent, 18),
        (Ground::MinorDrugTreatment, Kind::Ids, 16),
        (Ground::MinorDrugTreatment, Kind::PaidContract, 18),
        (Ground::MinorNarcology, Kind::Ids, 18),
        (Ground::MinorDonation, Kind::Refusal, 18),
    ] {
        let at = |age| ask(kind, age, Some((ground, 40)));
        assert_eq!(at(0), Ok(()), "{ground:?} {kind:?}");
        assert_eq!(at(until - 1), Ok(()), "{ground:?} {kind:?}");
        let refusal = at(until).unwrap_err();
        assert_eq!(refusal.rule, "R3");
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
        decide(Question {
            kind: Kind::Ids,
            delivery: Delivery::Link,
            method: Method::Esia,
            patient_born: born("2011-11-23"),
            acting: Some(Acting {
                born: born("1984-09-08"),
                ground: Ground::Minor,
            }),
            today,
        })
        .map(|_| ())
    };
    // Taken in on the eve of the birthday, too late to sign on the day itself.
    assert_eq!(at((2026, 11, 22)), Ok(()));
    assert_eq!(at((2026, 11, 23)), Err(COME_OF_AGE));
}

#[test]
fn who_acts_is_of_age() {
    let minor = |age| ask(Kind::Ids, 3, Some((Ground::Minor, age)));
    assert_eq!((minor(15), minor(16)), (Err(NO_ADULT), Ok(())));
    // A parent of 16 has no child of 15; and only a parent's right begins at 16.
    let of_15 = |age| ask(Kind::PaidContract, 15, Some((Ground::Minor, age)));
    assert_eq!((of_15(17), of_15(18)), (Err(NO_ADULT), Ok(())));
    for ground in ALL.into_iter().skip(1) {
        let at = |age| ask(Kind::Ids, 3, Some((ground, age)));
        assert_eq!((at(17), at(18)), (Err(NO_ADULT), Ok(())), "{ground:?}");
    }
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
