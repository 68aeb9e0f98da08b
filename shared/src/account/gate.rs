//! What opens the gate before an account's documents, but for ESIA ([`super::bind`]).

use super::GATE_TRIES;
use super::people::{by_clinic, same_person};
use crate::person::{Birthday, Person};
use crate::wire::account::Gate;

/// What the person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Their date of birth.
    Born(Birthday),
    /// It is not their account, or none of these people.
    NotMine,
}

/// The facts at a gate.
#[derive(Clone, Copy, Debug)]
pub struct GateFacts<'a> {
    /// Which one.
    pub gate: Gate,
    /// Wrong dates before this one that still count.
    pub wrong_tries: u32,
    /// Whose account it is, where that is known.
    pub person: Option<&'a Person>,
    /// Whom clinics name, each once. At [`Gate::Recycled`]: in documents sent to the silent contact within
    /// [`super::SILENCE_S`], the clinics' confirmation. At [`Gate::Who`]: within what the account's contacts reach.
    pub people: &'a [Person],
}

/// What comes of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GateOutcome {
    /// It opens; with the person, where it has become clear whose account it is.
    Open(Option<Box<Person>>),
    /// It does not, and the answer counts as a wrong one.
    Wrong,
    /// It does not, whatever the answer: only ESIA opens it now.
    Spent,
    /// The contact begins an account of its own and leaves the old one untouched.
    Anew,
    /// The account stays, and whom clinics named so far is nobody of its.
    Estranged,
}

/// Decides what an answer opens. The caller answers [`GateOutcome::Wrong`] and [`GateOutcome::Spent`] alike.
pub fn gate(facts: GateFacts<'_>, reply: Reply) -> GateOutcome {
    let born = match (reply, facts.gate) {
        (Reply::NotMine, Gate::Recycled) => return GateOutcome::Anew,
        (Reply::NotMine, Gate::Who) => return GateOutcome::Estranged,
        (Reply::Born(_), _) if facts.wrong_tries >= GATE_TRIES => return GateOutcome::Spent,
        (Reply::Born(born), _) => born,
    };
    let mut those = facts
        .people
        .iter()
        .filter(|person| person.birth_date == Some(born))
        .filter(|named| facts.person.is_none_or(|own| same_person(own, named)));
    match (those.next(), those.next()) {
        (Some(one), None) => {
            let clear = facts.person.is_none();
            GateOutcome::Open(clear.then(|| Box::new(by_clinic(one))))
        }
        // Twins at one number can't be told apart by their birthday.
        _ => GateOutcome::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::super::people::tests::{maria, person, pyotr};
    use super::*;

    fn born(text: &str) -> Reply {
        Reply::Born(Birthday::parse(text).unwrap())
    }

    fn ask(
        gate_is: Gate,
        own: Option<&Person>,
        people: &[Person],
        tries: u32,
        reply: Reply,
    ) -> GateOutcome {
        let facts = GateFacts {
            gate: gate_is,
            wrong_tries: tries,
            person: own,
            people,
        };
        gate(facts, reply)
    }

    const MARIA: &str = "1985-03-12";

    #[test]
    fn a_silent_number_opens_by_birthday_and_a_clinics_word() {
        let at = |own: Option<&Person>, people: &[Person], reply| {
            ask(Gate::Recycled, own, people, 0, reply)
        };
        let own = maria();
        assert_eq!(
            at(Some(&own), &[maria()], born(MARIA)),
            GateOutcome::Open(None)
        );
        // The date alone is not enough, and neither is a clinic that names somebody else.
        assert_eq!(at(Some(&own), &[], born(MARIA)), GateOutcome::Wrong);
        assert_eq!(at(Some(&own), &[pyotr()], born(MARIA)), GateOutcome::Wrong);
        assert_eq!(
            at(Some(&own), &[pyotr()], born("1990-07-01")),
            GateOutcome::Wrong
        );
        let namesake = person("Иванова", "Анна", MARIA);
        assert_eq!(
            at(Some(&own), std::slice::from_ref(&namesake), born(MARIA)),
            GateOutcome::Wrong
        );
        assert_eq!(
            at(Some(&own), &[namesake, maria()], born(MARIA)),
            GateOutcome::Open(None)
        );
        assert_eq!(
            at(Some(&own), &[maria()], born("1985-03-13")),
            GateOutcome::Wrong
        );
        // Nobody had named the owner yet: whoever clinics name now, if the date is theirs.
        assert_eq!(
            at(None, &[maria(), pyotr()], born(MARIA)),
            GateOutcome::Open(Some(Box::new(maria())))
        );
        assert_eq!(at(None, &[], born(MARIA)), GateOutcome::Wrong);
    }

    #[test]
    fn several_people_are_told_apart_by_birthday() {
        let twins = [maria(), person("Иванова", "Анна", MARIA), pyotr()];
        let at = |people: &[Person], reply| ask(Gate::Who, None, people, 0, reply);
        assert_eq!(
            at(&twins, born("1990-07-01")),
            GateOutcome::Open(Some(Box::new(pyotr())))
        );
        assert_eq!(at(&twins, born(MARIA)), GateOutcome::Wrong, "twins");
        assert_eq!(at(&twins, born("2000-01-01")), GateOutcome::Wrong);
    }

    #[test]
    fn after_three_wrong_dates_the_right_one_is_of_no_use() {
        for which in [Gate::Recycled, Gate::Who] {
            for tries in 0..6 {
                let right = ask(which, None, &[maria()], tries, born(MARIA));
                let wrong = ask(which, None, &[maria()], tries, born("2000-01-01"));
                if tries < GATE_TRIES {
                    assert!(matches!(right, GateOutcome::Open(Some(_))));
                    assert_eq!(wrong, GateOutcome::Wrong);
                } else {
                    assert_eq!((right, wrong), (GateOutcome::Spent, GateOutcome::Spent));
                }
            }
        }
    }

    #[test]
    fn not_mine_never_opens_the_account() {
        for tries in 0..6 {
            let own = maria();
            let at = |which| ask(which, Some(&own), &[maria()], tries, Reply::NotMine);
            assert_eq!(at(Gate::Recycled), GateOutcome::Anew);
            assert_eq!(at(Gate::Who), GateOutcome::Estranged);
        }
    }
}
