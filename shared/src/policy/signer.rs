//! Who signs: the patient, or somebody on the patient's behalf. Rule R3.
//!
//! The ages are data, in `ages` of the table:
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
//! is `minor`. Younger than 15 (323-FZ art. 20 part 2, art. 54 part 2), nobody signs personally. Whoever acts is of age
//! (Civil Code art. 21); a parent without a guardian of the parent's own acts from 16 (Family Code art. 62 part 2).

use super::row::{AgeRow, Bound, Row, Verdict};
use super::{Question, Refusal, Table};
use crate::document::{Kind, Method};
use crate::person::Birthday;
use serde::{Deserialize, Serialize};

/// Why somebody signs on the patient's behalf; with the ages it decides whether they may (422 `policy`, rule R3): docs/matching.md.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// Whether the one who is to sign may do so on this day, where `row` allows the method.
///
/// # Errors
/// The refusal by R3.
pub(super) fn check(table: &Table, row: &Row, q: Question) -> Result<(), Refusal> {
    if q.patient_born.is_none() && is_offer_to_holder(row, q) {
        return Ok(());
    }
    check_age(table, q.kind, q.patient_born, q.acting, q.today)
}

/// Whether the patient is old enough to act, or whoever acts for them still may.
///
/// # Errors
/// The refusal by R3.
pub(super) fn check_age(
    table: &Table,
    kind: Kind,
    patient_born: Option<Birthday>,
    acting: Option<Acting>,
    today: (i32, u8, u8),
) -> Result<(), Refusal> {
    let age = patient_born.ok_or_else(age_unknown)?.age_on(today);
    let Some(acting) = acting else {
        return not_younger(table, Bound::PatientFrom, age);
    };
    let limits = table
        .ages
        .iter()
        .filter(|row| row.limits(acting.ground, table.is_care(kind)));
    let limit = limits
        .min_by_key(|row| row.age.unwrap_or(i32::MAX))
        .ok_or_else(no_limit)?;
    if limit.age.is_some_and(|until| age >= until) {
        return Err(refused(limit));
    }
    let bound = if acting.ground == Ground::Minor && is_small(table, age) {
        Bound::ParentFrom
    } else {
        Bound::ActingFrom
    };
    not_younger(table, bound, acting.born.age_on(today))
}

/// Somebody whose name nobody knows accepts an offer by a code to their own phone or e-mail.
fn is_offer_to_holder(row: &Row, q: Question) -> bool {
    q.acting.is_none()
        && q.method != Method::Esia
        && row.verdict == Verdict::AllowOffer
        && matches!(q.kind, Kind::UserAgreement | Kind::EdoAgreement)
}

/// So young that a parent who is a minor acts too.
fn is_small(table: &Table, age: i32) -> bool {
    let mut rows = table
        .ages
        .iter()
        .filter(|row| row.bound == Bound::ParentFrom);
    rows.all(|row| row.child_under.is_some_and(|under| age < under))
}

/// Not younger than the strictest row of the bound says.
fn not_younger(table: &Table, bound: Bound, age: i32) -> Result<(), Refusal> {
    let rows = table.ages.iter().filter(|row| row.bound == bound);
    let row = rows.max_by_key(|row| row.age).ok_or_else(no_limit)?;
    if row.age.is_some_and(|from| age >= from) {
        Ok(())
    } else {
        Err(refused(row))
    }
}

fn refused(row: &AgeRow) -> Refusal {
    Refusal {
        rule: "R3",
        law: row.law.clone(),
        sentence: row.clinic.clone(),
        to_signer: row.signer.clone(),
    }
}

fn age_unknown() -> Refusal {
    Refusal {
        rule: "R3",
        law: "323-ФЗ ст. 20 ч. 2, ГК РФ ст. 21, 26, 28".into(),
        sentence: "Дата рождения пациента неизвестна, а от возраста зависит, кто подписывает: назовите её в \
                   patient.birth_date."
            .into(),
        to_signer: "Мы не знаем вашу дату рождения, а от возраста зависит, кто подписывает. Войдите через Госуслуги \
                    или позвоните в клинику."
            .into(),
    }
}

/// A table without a row for this case allows nothing.
fn no_limit() -> Refusal {
    Refusal {
        rule: "R3",
        law: "323-ФЗ ст. 20 ч. 2, ГК РФ ст. 21, 26, 28".into(),
        sentence: "Правила не говорят, кто подписывает такой документ.".into(),
        to_signer: "Этот документ нельзя подписать электронно. Позвоните в клинику.".into(),
    }
}

#[cfg(test)]
mod tests;
