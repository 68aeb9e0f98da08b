//! The clinic's signature (УКЭП) under a document: what it is over, what its time stands on, and how many are demanded.

use crate::document::named;
use serde::{Deserialize, Serialize};

named! {
    /// What a signature of the clinic is over.
    #[cfg_attr(feature = "schema", schemars(rename = "SignatureOver"))]
    #[derive(Default)]
    Over {
        /// The bytes of `/signed`.
        #[default]
        Signed = "signed",
        /// The clinic's own document, as it was sent.
        Original = "original",
        /// The clinic's final PDF: the signature stands inside it, over the bytes of `/signed` and itself.
        Final = "final",
    }
}

named! {
    /// What the time of a signature stands on.
    TimeEvidence {
        /// Nothing: it was there when it was accepted.
        None = "none",
        /// The signer's own word (`signing-time`).
        SigningTime = "signing_time",
        /// The time stamp of an authority (RFC 3161).
        Timestamp = "timestamp",
    }
}

/// Role of a document that demands one signature and does not say whose.
pub const ANY_ROLE: &str = "clinic";

/// Most signatures that a document can demand.
pub const ROLES_MAX: usize = 8;

/// What signatures of the clinic a document demands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    /// One name a signature, each once.
    pub roles: Vec<String>,
    /// They come in this order; else in any.
    pub ordered: bool,
}

impl Default for Demand {
    fn default() -> Self {
        Self {
            roles: vec![ANY_ROLE.into()],
            ordered: false,
        }
    }
}

/// Why a signature has no place under a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPlace {
    /// The document demands no signature in this role, or has it.
    Role,
    /// Another role comes first.
    Order,
    /// Several roles wait: the caller has to say which one it is.
    Unsaid,
    /// Every signature is there.
    Full,
}

impl Demand {
    /// Whether the roles are names that can be demanded.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), &'static str> {
        let fits = |role: &String| {
            (1..=32).contains(&role.len())
                && role
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        let mut different = self.roles.clone();
        different.sort_unstable();
        different.dedup();
        if !(1..=ROLES_MAX).contains(&self.roles.len())
            || different.len() != self.roles.len()
            || !self.roles.iter().all(fits)
        {
            return Err("clinic_signers is 1 to 8 different roles of a-z, 0-9 and _");
        }
        Ok(())
    }

    /// The role of the next signature: the one that was asked for, else the only one that may come. `accepted`: roles that
    /// are there.
    ///
    /// # Errors
    /// [`NoPlace`].
    pub fn place<'a>(&'a self, accepted: &[&str], asked: Option<&str>) -> Result<&'a str, NoPlace> {
        let mut open = self
            .roles
            .iter()
            .map(String::as_str)
            .filter(|role| !accepted.contains(role));
        let first = open.clone().next().ok_or(NoPlace::Full)?;
        match asked {
            Some(asked) if self.ordered && open.any(|role| role == asked) => {
                if first == asked {
                    Ok(first)
                } else {
                    Err(NoPlace::Order)
                }
            }
            Some(asked) => open.find(|role| *role == asked).ok_or(NoPlace::Role),
            None if self.ordered || open.count() == 1 => Ok(first),
            None => Err(NoPlace::Unsaid),
        }
    }

    /// Nothing is missing once `accepted` is there.
    pub fn is_met(&self, accepted: &[&str]) -> bool {
        self.roles
            .iter()
            .all(|role| accepted.contains(&role.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand(roles: &[&str], ordered: bool) -> Demand {
        Demand {
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            ordered,
        }
    }

    #[test]
    fn one_signature_needs_no_role() {
        let one = Demand::default();
        assert_eq!(one.place(&[], None), Ok("clinic"));
        assert_eq!(one.place(&[], Some("medic")), Err(NoPlace::Role));
        assert_eq!(one.place(&["clinic"], None), Err(NoPlace::Full));
        assert!(!one.is_met(&[]));
        assert!(one.is_met(&["clinic"]));
    }

    #[test]
    fn in_any_order_the_caller_says_which_one_it_is() {
        let two = demand(&["medic", "head"], false);
        assert_eq!(two.place(&[], None), Err(NoPlace::Unsaid));
        assert_eq!(two.place(&[], Some("head")), Ok("head"));
        assert_eq!(two.place(&["head"], None), Ok("medic"));
        assert_eq!(two.place(&["head"], Some("head")), Err(NoPlace::Role));
        assert!(!two.is_met(&["head"]));
        assert!(two.is_met(&["head", "medic"]));
    }

    #[test]
    fn in_order_the_first_comes_first() {
        let two = demand(&["medic", "head"], true);
        assert_eq!(two.place(&[], None), Ok("medic"));
        assert_eq!(two.place(&[], Some("head")), Err(NoPlace::Order));
        assert_eq!(two.place(&["medic"], Some("head")), Ok("head"));
        assert_eq!(two.place(&["medic"], Some("nurse")), Err(NoPlace::Role));
    }

    #[test]
    fn roles_are_plain_names_and_each_stands_once() {
        assert!(demand(&["medic", "head_2"], false).check().is_ok());
        for wrong in [&[][..], &["medic", "medic"], &["Врач"], &[""], &["a b"]] {
            assert!(demand(wrong, false).check().is_err());
        }
    }
}
