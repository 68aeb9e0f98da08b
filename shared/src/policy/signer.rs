//! Who signs: the patient, or somebody on the patient's behalf. Rule R3.
//!
//! | ground | on the patient's behalf until | law |
//! |---|---|---|
//! | `minor` | 15 for care and medical secrecy, 18 for everything else | 323-FZ art. 20 part 2, art. 54 part 2; Civil Code art. 26, 28 |
//! | `minor_drug_treatment` | 16 | 323-FZ art. 54 part 2 |
//! | `minor_narcology` | 18 | 323-FZ art. 20 part 2 |
//! | `minor_donation` | 18 | 323-FZ art. 47 part 5 |
//! | `incapable` | any age | 323-FZ art. 20 part 2; Civil Code art. 29 |
//!
//! The kind of a document does not say what care it is about, so the clinic names the ground; where it names none, it
//! is `minor`. Younger than [`CONSENT_AGE`], nobody signs personally.

use super::{Question, Refusal};
use crate::document::Kind;
use crate::person::Birthday;
use serde::{Deserialize, Serialize};

/// From this age a person consents to medical interventions personally (323-FZ art. 20 part 2, art. 54 part 2).
pub const CONSENT_AGE: i32 = 15;

/// Majority (Civil Code art. 21).
const MAJORITY: i32 = 18;

/// From this age a parent acts for a child without a guardian of the parent's own (Family Code art. 62 part 2).
const PARENT_AGE: i32 = 16;

/// Why somebody signs on the patient's behalf.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// The patient is too young, in general.
    #[default]
    Minor,
    /// A minor with drug addiction.
    MinorDrugTreatment,
    /// Narcological help to a minor, or an examination for intoxication.
    MinorNarcology,
    /// Donation or transplant of a minor's organs or tissues.
    MinorDonation,
    /// A court has declared the patient incapable, and their state does not let them consent.
    Incapable,
}

/// Who acts for the patient, as far as the rule asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acting {
    /// Date of birth of whoever acts.
    pub born: Birthday,
    /// Why they do.
    pub ground: Ground,
}

/// Too young to sign, and nobody acts for the patient.
pub const TOO_YOUNG: Refusal = Refusal {
    rule: "R3",
    law: "323-ФЗ ст. 20 ч. 2",
    sentence: "Пациенту меньше 15 лет: подписывает родитель или другой законный представитель.",
    to_signer: "Пациенту меньше 15 лет: за него подписывает родитель или другой законный представитель. Позвоните в \
                клинику: она пришлёт документ на имя представителя.",
};

/// Somebody acts for a patient who consents personally by now.
pub const COME_OF_AGE: Refusal = Refusal {
    rule: "R3",
    law: "323-ФЗ ст. 20 ч. 2",
    sentence: "С 15 лет пациент подписывает согласие лично. Если закон велит подписать представителю и после 15 лет, \
               назовите основание в representative.ground.",
    to_signer: "Пациенту уже исполнилось 15 лет: согласие он подписывает лично. Позвоните в клинику: она пришлёт \
                документ на его имя.",
};

const DRUG_TREATMENT: Refusal = Refusal {
    rule: "R3",
    law: "323-ФЗ ст. 54 ч. 2",
    sentence: "С 16 лет пациент подписывает согласие на лечение наркомании лично.",
    to_signer: "Пациенту уже исполнилось 16 лет: согласие он подписывает лично. Позвоните в клинику: она пришлёт \
                документ на его имя.",
};

const NARCOLOGY: Refusal = Refusal {
    rule: "R3",
    law: "323-ФЗ ст. 20 ч. 2",
    sentence: "С 18 лет пациент подписывает согласие на наркологическую помощь и освидетельствование лично.",
    to_signer: ADULT_TO_SIGNER,
};

const DONATION: Refusal = Refusal {
    rule: "R3",
    law: "323-ФЗ ст. 47 ч. 5",
    sentence: "С 18 лет пациент подписывает согласие на донорство и трансплантацию лично.",
    to_signer: ADULT_TO_SIGNER,
};

const ADULT: Refusal = Refusal {
    rule: "R3",
    law: "ГК РФ ст. 21, 26, 28",
    sentence: "С 18 лет пациент подписывает документы лично. За недееспособного подписывает представитель: назовите \
               основание incapable в representative.ground.",
    to_signer: ADULT_TO_SIGNER,
};

const ADULT_TO_SIGNER: &str = "Пациенту уже исполнилось 18 лет: документ он подписывает лично. Позвоните в клинику: она \
                               пришлёт документ на его имя.";

const NO_ADULT: Refusal = Refusal {
    rule: "R3",
    law: "ГК РФ ст. 21, СК РФ ст. 62 ч. 2",
    sentence: "Представителю меньше 18 лет. За ребёнка младше 15 лет может подписать родитель с 16 лет, в остальных \
               случаях представитель должен быть совершеннолетним.",
    to_signer: "Подписать за пациента может только совершеннолетний. Позвоните в клинику: она пришлёт документ на имя \
                другого представителя.",
};

/// Whether the one who is to sign may do so on this day.
///
/// # Errors
/// The refusal by R3.
pub(super) fn check(q: Question) -> Result<(), Refusal> {
    let age = q.patient_born.age_on(q.today);
    let Some(acting) = q.acting else {
        return if age < CONSENT_AGE {
            Err(TOO_YOUNG)
        } else {
            Ok(())
        };
    };
    if let Some((until, refusal)) = limit(acting.ground, q.kind)
        && age >= until
    {
        return Err(refusal);
    }
    let enough = if acting.ground == Ground::Minor && age < CONSENT_AGE {
        PARENT_AGE
    } else {
        MAJORITY
    };
    if acting.born.age_on(q.today) < enough {
        return Err(NO_ADULT);
    }
    Ok(())
}

/// The patient's age from which nobody signs for them any more, and the refusal then.
const fn limit(ground: Ground, kind: Kind) -> Option<(i32, Refusal)> {
    let care = kind.needs_medic() || matches!(kind, Kind::SecrecyDisclosure);
    Some(match ground {
        Ground::Incapable => return None,
        _ if !care => (MAJORITY, ADULT),
        Ground::Minor => (CONSENT_AGE, COME_OF_AGE),
        Ground::MinorDrugTreatment => (16, DRUG_TREATMENT),
        Ground::MinorNarcology => (MAJORITY, NARCOLOGY),
        Ground::MinorDonation => (MAJORITY, DONATION),
    })
}

#[cfg(test)]
mod tests;
