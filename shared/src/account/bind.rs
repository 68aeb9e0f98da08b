//! What a sign-in at ESIA does to the account that is signed in.

use super::people::same_person;
use crate::person::Person;
use crate::wire::account::Gate;

/// The facts when somebody comes back from ESIA to a signed-in account.
#[derive(Clone, Copy, Debug)]
pub struct BindFacts<'a> {
    /// As whom at ESIA the account is confirmed: the keyed hash of the number.
    pub confirmed_as: Option<&'a str>,
    /// Whose account it is, where that is known.
    pub person: Option<&'a Person>,
    /// What stands before its documents in this session.
    pub gate: Option<Gate>,
    /// Who came back from ESIA.
    pub subject: &'a str,
    /// Likewise.
    pub esia: &'a Person,
    /// This person at ESIA has another account already.
    pub has_other: bool,
}

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bind {
    /// It is the person who confirmed the account before.
    Again,
    /// The account becomes a confirmed one.
    Confirm,
    /// The account goes up in the other one of this person.
    Merge,
    /// The number was silent and nobody knows whose account it was: it leaves that account for the one of this person.
    TakeContact,
    /// Somebody else's account.
    Refused,
}

/// Decides what a sign-in at ESIA does. Nothing is joined by a name alone, and nothing against a name.
pub fn bind(facts: BindFacts<'_>) -> Bind {
    match facts.confirmed_as {
        Some(subject) if subject == facts.subject => return Bind::Again,
        Some(_) => return Bind::Refused,
        None => {}
    }
    match (facts.person, facts.gate) {
        (Some(person), _) if !same_person(person, facts.esia) => Bind::Refused,
        (None, Some(Gate::Recycled)) => Bind::TakeContact,
        _ if facts.has_other => Bind::Merge,
        _ => Bind::Confirm,
    }
}

#[cfg(test)]
mod tests {
    use super::super::people::tests::{maria, person, pyotr};
    use super::*;

    #[test]
    fn every_case() {
        let (own, other) = (maria(), pyotr());
        let namesake = person("Иванова", "Мария", "1990-01-01");
        let gates = [None, Some(Gate::Who), Some(Gate::Recycled)];
        for gate in gates {
            for has_other in [false, true] {
                let facts = |confirmed_as, person| BindFacts {
                    confirmed_as,
                    person,
                    gate,
                    subject: "s",
                    esia: &own,
                    has_other,
                };
                // Confirmed before: the number at ESIA alone decides, since people change their names.
                for known in [None, Some(&own), Some(&other)] {
                    assert_eq!(bind(facts(Some("s"), known)), Bind::Again);
                    assert_eq!(bind(facts(Some("t"), known)), Bind::Refused);
                }
                for stranger in [&other, &namesake] {
                    assert_eq!(bind(facts(None, Some(stranger))), Bind::Refused);
                }
                let joined = if has_other {
                    Bind::Merge
                } else {
                    Bind::Confirm
                };
                assert_eq!(bind(facts(None, Some(&own))), joined);
                let unknown = match gate {
                    Some(Gate::Recycled) => Bind::TakeContact,
                    _ => joined,
                };
                assert_eq!(bind(facts(None, None)), unknown);
            }
        }
    }
}
