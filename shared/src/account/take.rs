//! A further phone or e-mail for an account, and who may ask for it.

use super::PROOF_S;
use super::people::same_person;
use crate::person::Person;
use crate::time::Timestamp;

/// How the session that asks has signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By a code to a phone that the account holds still.
    Phone,
    /// By a code to an e-mail that the account holds still.
    Email,
    /// By ESIA.
    Esia,
    /// By what the account does not hold any more.
    Gone,
}

/// Another account that holds the contact.
#[derive(Clone, Copy, Debug)]
pub struct Other<'a> {
    /// Whose it is, where that is known.
    pub person: Option<&'a Person>,
    /// By ESIA.
    pub confirmed: bool,
    /// The contact was silent there for long ([`super::silent`]).
    pub silent: bool,
    /// Clinics name several people at it and nobody has said which one it is.
    pub unclear: bool,
}

/// The facts when the right code came from the contact.
#[derive(Clone, Copy, Debug)]
pub struct TakeFacts<'a> {
    /// This account holds it already.
    pub own: bool,
    /// Whose account this is, where that is known.
    pub person: Option<&'a Person>,
    /// Another account holds it.
    pub other: Option<Other<'a>>,
}

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// It is proven anew.
    Again,
    /// The account gets it.
    Add,
    /// The other account goes up in this one.
    Merge,
    /// The other account loses it, and this one gets it without what was there before.
    Move,
}

/// Whether a session may change phones and e-mails: it signed in within [`PROOF_S`], and where a phone is to be replaced or
/// taken off, by that phone or by ESIA. `phone`: the account has a phone, and the change is about phones.
pub fn may_change(proof: Proof, signed_in: Timestamp, now: Timestamp, phone: bool) -> bool {
    let fresh = now.unix() - signed_in.unix() <= PROOF_S;
    fresh
        && match proof {
            Proof::Esia | Proof::Phone => true,
            Proof::Email => !phone,
            Proof::Gone => false,
        }
}

/// Decides what becomes of a contact.
///
/// Two accounts become one where whoever holds both contacts now could open either, and they are not two people's.
pub fn take_contact(facts: TakeFacts<'_>) -> Take {
    if facts.own {
        return Take::Again;
    }
    let Some(other) = facts.other else {
        return Take::Add;
    };
    let one_person = match (facts.person, other.person) {
        (Some(own), Some(person)) => same_person(own, person),
        _ => true,
    };
    if one_person && !other.confirmed && !other.silent && !other.unclear {
        Take::Merge
    } else {
        Take::Move
    }
}

#[cfg(test)]
mod tests {
    use super::super::people::tests::{maria, person, pyotr};
    use super::*;

    #[test]
    fn a_change_needs_a_fresh_proof_of_the_right_kind() {
        let at = Timestamp::from_unix(1_800_000_000);
        for (proof, with_phone, without) in [
            (Proof::Phone, true, true),
            (Proof::Esia, true, true),
            (Proof::Email, false, true),
            (Proof::Gone, false, false),
        ] {
            for age in [0, 1, PROOF_S] {
                let may = |phone| may_change(proof, at.plus(-age), at, phone);
                assert_eq!((may(true), may(false)), (with_phone, without), "{proof:?}");
            }
            for age in [PROOF_S + 1, 30 * 24 * 3600] {
                let may = |phone| may_change(proof, at.plus(-age), at, phone);
                assert!(!may(true) && !may(false), "{proof:?}");
            }
        }
    }

    #[test]
    fn every_case() {
        let (own, stranger) = (maria(), pyotr());
        let namesake = person("Иванова", "Мария", "1990-01-01");
        for known in [None, Some(&own)] {
            let take = |is_own, other| {
                take_contact(TakeFacts {
                    own: is_own,
                    person: known,
                    other,
                })
            };
            assert_eq!(take(true, None), Take::Again);
            assert_eq!(take(false, None), Take::Add);
            for theirs in [None, Some(&own), Some(&stranger), Some(&namesake)] {
                for flags in 0..8 {
                    let other = Other {
                        person: theirs,
                        confirmed: flags & 1 != 0,
                        silent: flags & 2 != 0,
                        unclear: flags & 4 != 0,
                    };
                    let two_people =
                        known.is_some() && theirs.is_some_and(|theirs| !same_person(&own, theirs));
                    let expected = if flags == 0 && !two_people {
                        Take::Merge
                    } else {
                        Take::Move
                    };
                    assert_eq!(take(false, Some(other)), expected, "{known:?} {other:?}");
                }
            }
        }
    }
}
