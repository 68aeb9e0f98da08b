//! How an account stands to one document that its numbers lead to; without any IO.

use super::Role;
use podpis_shared::account::same_person;
use podpis_shared::policy::{self, Table};
use podpis_shared::wire::mis::Representative;
use podpis_shared::{Kind, Person, Timestamp};

/// A document that was found by a phone, an e-mail or a SNILS of the account.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) id: String,
    pub(super) clinic_id: String,
    pub(super) title: String,
    pub(super) kind: Kind,
    pub(super) patient: Person,
    pub(super) representative: Option<Representative>,
    pub(super) created_at: Timestamp,
}

/// Whose account it is, as far as documents are held against it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder<'a> {
    pub(super) person: &'a Person,
    /// ESIA said so, and not clinics alone.
    pub(super) confirmed: bool,
}

/// What is kept of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// `None`: not this account's.
    pub(super) role: Option<Role>,
    /// Until when the role holds; without a role, when to look again.
    pub(super) until: Option<Timestamp>,
}

const NOTHING: Standing = Standing {
    role: None,
    until: None,
};

impl Found {
    /// Who is to sign.
    pub(super) fn signer(&self) -> &Person {
        let representative = self.representative.as_ref();
        representative.map_or(&self.patient, |r| &r.person)
    }

    /// How the account of `holder` stands to it.
    pub(super) fn standing(&self, holder: Holder<'_>, table: &Table, now: Timestamp) -> Standing {
        if holder.is(self.signer()) {
            return Standing {
                role: Some(Role::Signer),
                until: self
                    .representative
                    .as_ref()
                    .and_then(|r| self.acts_until(r, table)),
            };
        }
        if self.representative.is_none() || !holder.is(&self.patient) {
            return NOTHING;
        }
        match self.patient_from(table) {
            Some(from) if from <= now => Standing {
                role: Some(Role::Patient),
                until: None,
            },
            until => Standing { role: None, until },
        }
    }

    /// Until when the representative acts for the patient.
    fn acts_until(&self, representative: &Representative, table: &Table) -> Option<Timestamp> {
        // Every patient with a representative was taken in with a date of birth; without one the time is over.
        let Some(born) = self.patient.birth_date else {
            return Some(self.created_at);
        };
        let day = policy::acts_until(table, self.kind, representative.ground, born)?;
        Some(day.midnight())
    }

    /// From when the patient sees what somebody else signs.
    fn patient_from(&self, table: &Table) -> Option<Timestamp> {
        let day = policy::decides_from(table, self.patient.birth_date?)?;
        Some(day.midnight())
    }
}

impl Holder<'_> {
    /// The addressee is this person: to ESIA's word by the strict rule of `docs/matching.md`; to a clinic's by name and date
    /// of birth.
    fn is(self, addressee: &Person) -> bool {
        if self.confirmed {
            addressee.matches(self.person).is_ok()
        } else {
            same_person(addressee, self.person)
        }
    }
}

#[cfg(test)]
mod tests;
