//! ESIA's number of a person.

use serde::{Deserialize, Deserializer};

/// A person's number in ESIA's tokens: written as a number, by some versions as a string. No `Debug`: it names a person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Oid(pub u64);

impl<'de> Deserialize<'de> for Oid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Number(u64),
            Text(String),
        }
        match Either::deserialize(deserializer)? {
            Either::Number(number) => Ok(Self(number)),
            Either::Text(text) => text.parse().map(Self).map_err(serde::de::Error::custom),
        }
    }
}
