//! From when and until when a person has to do with somebody's documents: the same ages that decide who signs (rule R3).

use super::day::Day;
use super::row::{AgeRow, Bound};
use super::{Ground, Table};
use crate::document::Kind;
use crate::person::Birthday;

/// The first day on which nobody acts for this patient any more by this ground, for a document of this kind.
///
/// `None`: the ground holds at any age. Where the table has no limit for the case, nobody ever acted: the day is the birthday
/// itself.
pub fn acts_until(table: &Table, kind: Kind, ground: Ground, born: Birthday) -> Option<Day> {
    let care = table.is_care(kind);
    let limits = table.ages().iter().filter(|row| row.limits(ground, care));
    let strictest = limits.min_by_key(|row| row.age.unwrap_or(i32::MAX));
    match strictest.map(|row| row.age) {
        Some(Some(age)) => Some(Day::of_age(born, age)),
        Some(None) => None,
        None => Some(Day::of_age(born, 0)),
    }
}

/// The first day on which a patient decides personally, and so sees what a representative has signed.
///
/// `None`: the table does not say, so never.
pub fn decides_from(table: &Table, born: Birthday) -> Option<Day> {
    let personally = |row: &&AgeRow| row.bound == Bound::PatientFrom;
    let rows = table.ages().iter().filter(personally);
    let age = rows.map(|row| row.age).max()??;
    Some(Day::of_age(born, age))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Delivery, Method};
    use crate::policy::{Acting, Agreement, Question, decide};
    use proptest::prelude::*;

    fn born(text: &str) -> Birthday {
        Birthday::parse(text).unwrap()
    }

    #[test]
    fn until_the_age_of_the_kind_and_ground() {
        let table = Table::builtin();
        let until = |kind, ground| acts_until(table, kind, ground, born("2012-11-23"));
        let day = |text| Day::parse(text);
        assert_eq!(until(Kind::Ids, Ground::Minor), day("2027-11-23"));
        assert_eq!(until(Kind::PaidContract, Ground::Minor), day("2030-11-23"));
        assert_eq!(
            until(Kind::Ids, Ground::MinorDrugTreatment),
            day("2028-11-23")
        );
        assert_eq!(until(Kind::Ids, Ground::MinorNarcology), day("2030-11-23"));
        assert_eq!(until(Kind::Ids, Ground::Incapable), None);
        assert_eq!(decides_from(table, born("2012-11-23")), day("2027-11-23"));
    }

    #[test]
    fn a_birthday_on_29_february_comes_on_1_march() {
        let until = acts_until(
            Table::builtin(),
            Kind::Ids,
            Ground::Minor,
            born("2012-02-29"),
        );
        assert_eq!(until, Day::parse("2027-03-01"));
        let until = acts_until(
            Table::builtin(),
            Kind::Ids,
            Ground::MinorDrugTreatment,
            born("2012-02-29"),
        );
        assert_eq!(until, Day::parse("2028-02-29"));
    }

    #[test]
    fn nothing_is_said_by_an_empty_table() {
        let (table, born) = (Table::default(), born("2012-11-23"));
        assert_eq!(
            acts_until(&table, Kind::Ids, Ground::Minor, born),
            Day::parse("2012-11-23")
        );
        assert_eq!(decides_from(&table, born), None);
    }

    proptest! {
        /// The day is the one from which on `decide` refuses the representative, and no earlier one.
        #[test]
        fn the_day_is_that_of_the_decision(
            (year, month, day) in (2008_u16..2013, 1_u8..=12, 1_u8..=28),
            kind in prop::sample::select(&[Kind::Ids, Kind::PaidContract, Kind::PdConsent][..]),
            ground in prop::sample::select(&[Ground::Minor, Ground::MinorDrugTreatment, Ground::MinorNarcology][..]),
        ) {
            let born = born(&format!("{year:04}-{month:02}-{day:02}"));
            let until = acts_until(Table::builtin(), kind, ground, born).unwrap();
            let asked = |today: Day| {
                let acting = Acting { born: Birthday::parse("1980-01-01").unwrap(), ground };
                let refused = decide(Table::builtin(), Question {
                    kind, delivery: Delivery::Account, method: Method::Esia, patient_born: Some(born),
                    acting: Some(acting), agreement: Agreement::Missing, today: today.triple(),
                });
                refused.is_err_and(|refusal| refusal.rule == "R3")
            };
            // An act that has ended refuses by R0: not what is looked at here.
            if until.triple() < (2028, 3, 1) && until.minus(1).triple() >= (2023, 1, 1) {
                prop_assert!(asked(until));
                prop_assert!(!asked(until.minus(1)));
            }
        }
    }
}
