//! What a row of the table says.

use super::day::Day;
use super::signer::Ground;
use crate::document::{Kind, Method};
use serde::Deserialize;

/// What a row decides, from the strictest to the loosest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// May not be signed so.
    Block,
    /// Only with a valid agreement on electronic documents that names the phone.
    AllowWithAgreement,
    /// As an offer, accepted by whoever a code at the same phone or e-mail has verified.
    AllowOffer,
    /// May be signed so.
    Allow,
}

/// Whose signature must follow the patient's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondSignature {
    /// Nobody's, by law.
    None,
    /// A medical worker's, with UKEP (rule R2).
    Medic,
}

/// May documents of these kinds be signed in this way?
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Short id; the record of a signature names it.
    pub id: String,
    /// Kinds that it is about, at least one.
    pub kinds: Vec<Kind>,
    /// Way of signing that it is about.
    pub method: Method,
    /// What it decides.
    pub verdict: Verdict,
    /// Whose signature must follow; the same for a kind in every row, as [`Kind::needs_medic`].
    pub second_signature: SecondSignature,
    /// First day, in Moscow, on which it holds; absent: always.
    #[serde(default)]
    pub valid_from: Option<Day>,
    /// First day on which it does not hold any more; absent: no end is known.
    #[serde(default)]
    pub valid_until: Option<Day>,
    /// The act whose term limits the row; there where a date is.
    #[serde(default)]
    pub act: Option<String>,
    /// Article, short: what a refusal cites.
    pub law: String,
    /// Legal basis, one line each, for the protocol page; empty only with [`Verdict::Block`].
    #[serde(default)]
    pub basis: Vec<String>,
    /// What it says, in Russian, to the clinic: the refusal where it refuses.
    pub clinic: String,
    /// Likewise, to the person who is about to sign.
    pub signer: String,
}

impl Row {
    /// Whether it is about such a signature.
    pub fn is_about(&self, kind: Kind, method: Method) -> bool {
        self.method == method && self.kinds.contains(&kind)
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, day: (i32, u8, u8)) -> bool {
        self.valid_from.is_none_or(|from| from.triple() <= day)
            && self.valid_until.is_none_or(|until| day < until.triple())
    }
}

/// What an age decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// From this age the patient signs personally.
    PatientFrom,
    /// From this age a person acts for a patient.
    ActingFrom,
    /// From this age a parent acts for a child that is younger than the row's `child_under`.
    ParentFrom,
    /// From this age of the patient nobody acts for them any more, by the row's grounds.
    ActingUntil,
}

/// A limit of age (rule R3).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgeRow {
    /// Short id.
    pub id: String,
    /// What it limits.
    pub bound: Bound,
    /// Grounds that it is about; with [`Bound::ActingUntil`] only.
    #[serde(default)]
    pub grounds: Vec<Ground>,
    /// Only for documents on care and medical secrecy, or only for others; absent: for both.
    #[serde(default)]
    pub care: Option<bool>,
    /// Full years; `null`, with [`Bound::ActingUntil`] only: at any age.
    pub age: Option<i32>,
    /// The child's age from which the row does not help its parent any more; with [`Bound::ParentFrom`] only.
    #[serde(default)]
    pub child_under: Option<i32>,
    /// Article, short.
    pub law: String,
    /// The refusal, in Russian, to the clinic.
    pub clinic: String,
    /// The refusal to the person who is about to sign.
    pub signer: String,
}

impl AgeRow {
    /// Whether it limits acting by a ground.
    pub fn limits(&self, ground: Ground, care: bool) -> bool {
        self.bound == Bound::ActingUntil
            && self.grounds.contains(&ground)
            && self.care.is_none_or(|is| is == care)
    }
}
