//! Every combination of kind, method, delivery, age, representative, agreement and day, against the law written once more
//! as plain code.

use super::*;

const DAYS: [&str; 5] = [
    "2025-08-31",
    "2026-11-28",
    "2027-02-01",
    "2028-02-29",
    "2028-03-01",
];
const AGREEMENTS: [Agreement; 3] = [Agreement::NotAsked, Agreement::Missing, Agreement::Valid];
const GROUNDS: [Ground; 5] = [
    Ground::Minor,
    Ground::MinorDrugTreatment,
    Ground::MinorNarcology,
    Ground::MinorDonation,
    Ground::Incapable,
];

/// Born so that the person is so old on the day, by a birthday on it.
fn aged(years: i32, day: (i32, u8, u8)) -> Birthday {
    // The 29th of February is no birthday of most years.
    let born = format!("{:04}-{:02}-{:02}", day.0 - years, day.1, day.2.min(28));
    Birthday::parse(&born).unwrap()
}

/// Who signs, by ages in full years.
type Signers = (Option<i32>, Option<(Ground, i32)>);

/// Nobody named, the patient, or somebody of an age on either side of each limit, for every patient of 0 to 100.
fn signers() -> impl Iterator<Item = Signers> {
    let ages = (0..=100).map(Some).chain([None]);
    ages.flat_map(|patient| {
        let by = |ground| [15, 16, 17, 18, 40].map(|age| Some((ground, age)));
        let acting = GROUNDS.into_iter().flat_map(by).chain([None]);
        acting.map(move |acting| (patient, acting))
    })
}

/// Whether the law lets them sign, whatever the method.
fn may_sign(kind: Kind, (patient, acting): Signers) -> bool {
    let Some(patient) = patient else { return false };
    let care = matches!(
        kind,
        Kind::Ids | Kind::Refusal | Kind::TelemedConsent | Kind::SecrecyDisclosure
    );
    let Some((ground, age)) = acting else {
        return patient >= 15;
    };
    let until = match ground {
        Ground::Incapable => i32::MAX,
        Ground::Minor if care => 15,
        Ground::MinorDrugTreatment if care => 16,
        _ => 18,
    };
    let small_child = ground == Ground::Minor && patient < 15;
    patient < until && age >= if small_child { 16 } else { 18 }
}

/// Whether the law lets the document be signed so.
fn lawful(q: Question, signers: Signers, day: &str) -> bool {
    let in_force = match q.kind {
        Kind::Ids | Kind::Refusal => day < "2028-03-01",
        Kind::TelemedConsent => day >= "2025-09-01",
        _ => true,
    };
    let nobody_named = signers == (None, None);
    let in_account = q.delivery == Delivery::Account;
    let method = match (q.kind, q.method) {
        (Kind::MedicalRecordOut, _) => false,
        (_, Method::Esia) => true,
        (Kind::UserAgreement, Method::Sms | Method::Email) | (Kind::EdoAgreement, Method::Sms) => {
            return in_account && (nobody_named || may_sign(q.kind, signers));
        }
        (_, Method::Email) => false,
        (
            Kind::PdConsent
            | Kind::MarketingConsent
            | Kind::PaidContract
            | Kind::Addendum
            | Kind::Other,
            Method::Sms,
        ) => in_account && q.agreement != Agreement::Missing,
        (_, Method::Sms) => false,
    };
    method && in_force && may_sign(q.kind, signers)
}

/// Calls `check` with every question, who signs, and the day.
fn every(mut check: impl FnMut(Question, Signers, &str)) {
    for day in DAYS {
        let today = Day::parse(day).unwrap().triple();
        for (patient, acting) in signers() {
            let acting_born = |(ground, age)| Acting {
                born: aged(age, today),
                ground,
            };
            for kind in Kind::ALL {
                for method in Method::ALL {
                    for delivery in Delivery::ALL {
                        for agreement in AGREEMENTS {
                            let q = Question {
                                kind: *kind,
                                delivery: *delivery,
                                method: *method,
                                patient_born: patient.map(|age| aged(age, today)),
                                acting: acting.map(acting_born),
                                agreement,
                                today,
                            };
                            check(q, (patient, acting), day);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn the_table_decides_as_the_law_in_plain_code() {
    let (mut allowed, mut refused) = (0, 0);
    every(|q, signers, day| {
        let decision = decide(Table::builtin(), q);
        let lawful = lawful(q, signers, day);
        assert_eq!(
            decision.is_ok(),
            lawful,
            "{q:?} {signers:?} {day}: {decision:?}"
        );
        if lawful { allowed += 1 } else { refused += 1 }
    });
    assert!(
        allowed > 100_000 && refused > 100_000,
        "{allowed} {refused}"
    );
}

/// Said of the answers alone, so that the two can't be wrong together.
#[test]
fn no_way_to_what_must_never_be() {
    every(|q, (patient, acting), day| {
        if decide(Table::builtin(), q).is_err() {
            return;
        }
        let medical = matches!(
            q.kind,
            Kind::Ids | Kind::Refusal | Kind::TelemedConsent | Kind::SecrecyDisclosure
        );
        assert!(
            !medical || q.method == Method::Esia,
            "a medical consent by a code: {q:?}"
        );
        assert_ne!(
            q.kind,
            Kind::MedicalRecordOut,
            "a patient signs a medic's document"
        );
        assert!(
            q.method == Method::Esia || q.delivery == Delivery::Account,
            "{q:?}"
        );
        match (patient, acting) {
            (Some(age), None) => assert!(age >= 15, "a child of {age} signs: {q:?}"),
            (Some(_), Some((_, age))) => assert!(age >= 16, "somebody of {age} acts: {q:?}"),
            (None, acting) => assert!(
                acting.is_none()
                    && q.method != Method::Esia
                    && matches!(q.kind, Kind::UserAgreement | Kind::EdoAgreement),
                "nobody knows who signs: {q:?} {day}"
            ),
        }
    });
}
