//! What a right code opens.

use super::SILENCE_S;
use super::people::{Whose, whose};
use crate::person::Person;
use crate::time::Timestamp;
use crate::wire::account::Gate;

/// How it stands with the phone or e-mail that the code went to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No account holds it: this sign-in makes one.
    Free,
    /// An account holds it.
    Held {
        /// The last code that came from it.
        proven_at: Timestamp,
        /// It is known whose account it is.
        named: bool,
    },
}

/// The facts of a sign-in with a right code.
#[derive(Clone, Copy, Debug)]
pub struct SignInFacts<'a> {
    /// Now.
    pub now: Timestamp,
    /// Phone or e-mail.
    pub contact: State,
    /// Whom clinics name at the account's contacts, each once, within what these contacts reach.
    pub people: &'a [Person],
}

/// What comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What stands before the documents.
    pub gate: Option<Gate>,
    /// The code proves that the contact is still this account's.
    pub proves: bool,
    /// Whose account it is, where that has just become clear.
    pub person: Option<Box<Person>>,
}

/// What a contact shows that nobody held before, or whose owner gave it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Documents created earlier are not found by it.
    pub documents_from: Timestamp,
    /// Whom clinics named at it before now is somebody else.
    pub estranged: bool,
}

/// Decides what a right code opens.
pub fn at_sign_in(facts: SignInFacts<'_>) -> Decision {
    let named = match facts.contact {
        State::Free => false,
        State::Held { proven_at, .. } if silent(proven_at, facts.now) => {
            return Decision {
                gate: Some(Gate::Recycled),
                proves: false,
                person: None,
            };
        }
        State::Held { named, .. } => named,
    };
    let (gate, person) = match whose(facts.people) {
        _ if named => (None, None),
        Whose::Nobody => (None, None),
        Whose::One(person) => (None, Some(person)),
        Whose::Several => (Some(Gate::Who), None),
    };
    Decision {
        gate,
        proves: true,
        person,
    }
}

/// Whether a contact was silent for so long that it may have another owner. A sign-in at ESIA says nothing about who holds
/// the phone, so it does not count.
pub fn silent(proven_at: Timestamp, now: Timestamp) -> bool {
    proven_at.plus(SILENCE_S) <= now
}

/// What a contact shows to the account that takes it now. `given_up`: an account held it before and gave it up.
pub fn reach(given_up: bool, now: Timestamp) -> Reach {
    Reach {
        // Times are whole seconds: what came in this one came before.
        documents_from: now.plus(if given_up { 1 } else { -SILENCE_S }),
        estranged: given_up,
    }
}

#[cfg(test)]
mod tests {
    use super::super::people::tests::{maria, pyotr};
    use super::*;

    const DAY: i64 = 24 * 3600;

    fn now() -> Timestamp {
        Timestamp::from_unix(1_800_000_000)
    }

    fn held(days: i64, named: bool) -> State {
        let proven_at = now().plus(-days * DAY);
        State::Held { proven_at, named }
    }

    fn decide(contact: State, people: &[Person]) -> Decision {
        let now = now();
        at_sign_in(SignInFacts {
            now,
            contact,
            people,
        })
    }

    #[test]
    fn every_case() {
        let (nobody, one, two) = (&[][..], &[maria()][..], &[maria(), pyotr()][..]);
        let open = |person: Option<Person>| Decision {
            gate: None,
            proves: true,
            person: person.map(Box::new),
        };
        let who = Decision {
            gate: Some(Gate::Who),
            proves: true,
            person: None,
        };
        let recycled = Decision {
            gate: Some(Gate::Recycled),
            proves: false,
            person: None,
        };
        for (contact, people, expected) in [
            (State::Free, nobody, open(None)),
            (State::Free, one, open(Some(maria()))),
            (State::Free, two, who.clone()),
            (held(0, false), nobody, open(None)),
            (held(59, false), one, open(Some(maria()))),
            (held(59, false), two, who.clone()),
            // What clinics write later does not change whose account it is.
            (held(0, true), nobody, open(None)),
            (held(59, true), one, open(None)),
            (held(59, true), two, open(None)),
        ] {
            assert_eq!(decide(contact, people), expected, "{contact:?}");
        }
        for people in [nobody, one, two] {
            for named in [false, true] {
                for days in [60, 61, 4000] {
                    assert_eq!(decide(held(days, named), people), recycled, "{days}");
                }
            }
        }
    }

    #[test]
    fn silence_is_sixty_days_to_the_second() {
        let at = |seconds: i64| silent(now().plus(-seconds), now());
        assert!(!at(0) && !at(60 * DAY - 1));
        assert!(at(60 * DAY) && at(61 * DAY));
        // A clock that went back makes nothing silent.
        assert!(!at(-5));
    }

    #[test]
    fn a_contact_that_was_given_up_shows_nothing_old() {
        let fresh = reach(false, now());
        assert_eq!(fresh.documents_from, now().plus(-60 * DAY));
        assert!(!fresh.estranged);
        let used = reach(true, now());
        assert_eq!((used.documents_from, used.estranged), (now().plus(1), true));
    }
}
