//! Which objects of an older revision have another value in a newer one.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use lopdf::{Dictionary, Object};

use super::attachment::reference;
use crate::reader::{Entry, Fault, Indirect, Pdf, Watch};

/// How far past an object's end its reading may depend on what follows: `endstream`, `endobj` and white space.
const NEAR_THE_END: usize = 64;

/// What is known of an older revision's objects.
pub(super) struct Survey {
    /// Numbers whose value differs, those that no longer exist included.
    pub(super) differing: BTreeSet<u32>,
    /// Numbers that the older revision refers to but does not have, and that exist in the newer one.
    pub(super) revived: BTreeSet<u32>,
    /// How often the older revision's objects refer to each number, trailers left out.
    references: HashMap<u32, u32>,
}

impl Survey {
    /// Reads every object of `older` and, where it may lie or read differently, that of `newer`.
    ///
    /// `older` must be a prefix of `newer`: an entry that is the same in both names the same bytes.
    ///
    /// # Errors
    /// Only past the bounds.
    pub(super) fn take(older: &Pdf, newer: &Pdf) -> Result<Self, Fault> {
        let mut survey = Self {
            differing: BTreeSet::new(),
            revived: BTreeSet::new(),
            references: HashMap::new(),
        };
        let sections: HashSet<usize> = older.xref().sections.iter().copied().collect();
        let trailer =
            [b"Root".as_slice(), b"Info"].map(|key| reference(&older.xref().trailer, key));
        let mut holders: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        // Containers whose bytes and place are the same in both.
        let mut settled = HashSet::new();
        for (number, entry) in &older.xref().entries {
            match entry {
                Entry::At { offset, .. } => {
                    let section = sections.contains(offset);
                    let same_entry = newer.xref().entries.get(number) == Some(entry);
                    let ends_before = |end: usize| end + NEAR_THE_END <= older.bytes().len();
                    let mut seen = References::default();
                    if same_entry
                        && !section
                        && let Some(end) = older.skim(*offset, &mut seen.0)?
                        && ends_before(end)
                    {
                        survey.count(seen);
                        continue;
                    }
                    seen.0.clear();
                    let before = older.indirect(*number, Some(&mut seen))?;
                    if section {
                        // A cross-reference stream's dictionary is a trailer as well.
                        seen.0.retain(|number| !trailer.contains(&Some(*number)));
                    }
                    survey.count(seen);
                    if same_entry && before.as_ref().is_some_and(|found| ends_before(found.end)) {
                        settled.insert(*number);
                    } else if differs(older, before, newer, *number)? {
                        survey.differing.insert(*number);
                    }
                }
                Entry::In { container, .. } => {
                    holders.entry(*container).or_default().insert(*number);
                }
                Entry::Free => {}
            }
        }
        for (container, numbers) in holders {
            survey.members(
                older,
                newer,
                container,
                &numbers,
                settled.contains(&container),
            )?;
        }
        let live = |pdf: &Pdf, number: &u32| {
            !matches!(pdf.xref().entries.get(number), None | Some(Entry::Free))
        };
        let referred = survey.references.keys().copied();
        survey.revived = referred
            .filter(|number| !live(older, number) && live(newer, number))
            .collect();
        Ok(survey)
    }

    /// How often the older revision's objects refer to this one.
    pub(super) fn references(&self, number: u32) -> u32 {
        self.references.get(&number).copied().unwrap_or(0)
    }

    fn members(
        &mut self,
        older: &Pdf,
        newer: &Pdf,
        container: u32,
        numbers: &BTreeSet<u32>,
        settled: bool,
    ) -> Result<(), Fault> {
        let holder = match older.container(container) {
            Ok(holder) => Some(holder),
            Err(Fault::Broken(_)) => None,
            Err(fault) => return Err(fault),
        };
        for (number, offset) in holder.iter().flat_map(|holder| &holder.members) {
            if let Some(holder) = &holder
                && numbers.contains(number)
            {
                let mut seen = References::default();
                if older.skim_member(holder, *offset, &mut seen.0)? {
                    self.count(seen);
                    continue;
                }
                seen.0.clear();
                match older.member(holder, *number, *offset, Some(&mut seen)) {
                    Ok(_) | Err(Fault::Broken(_)) => self.count(seen),
                    Err(fault) => return Err(fault),
                }
            }
        }
        for number in numbers {
            let there = newer.xref().entries.get(number);
            let alike = settled
                && matches!(there, Some(Entry::In { container: same, .. }) if *same == container);
            if !alike && differs(older, older.indirect(*number, None)?, newer, *number)? {
                self.differing.insert(*number);
            }
        }
        Ok(())
    }

    fn count(&mut self, seen: References) {
        for number in seen.0 {
            *self.references.entry(number).or_default() += 1;
        }
    }
}

#[derive(Default)]
struct References(Vec<u32>);

impl Watch for References {
    fn reference(&mut self, number: u32) {
        self.0.push(number);
    }
}

fn differs(older: &Pdf, before: Option<Indirect>, newer: &Pdf, number: u32) -> Result<bool, Fault> {
    let after = newer.indirect(number, None)?;
    let (Some(before), Some(after)) = (&before, &after) else {
        return Ok(before.is_some() != after.is_some());
    };
    // Readers that mind the generation no longer find it under the old one.
    if generation(older, number) != generation(newer, number) {
        return Ok(true);
    }
    Ok(match (&before.stream, &after.stream) {
        (None, None) => !same(&before.object, &after.object),
        (Some(old), Some(new)) => {
            older.pay(old.len())?;
            older.bytes().get(old.clone()) != newer.bytes().get(new.clone())
                || !same_but_length(&before.object, &after.object)
        }
        _ => true,
    })
}

fn generation(pdf: &Pdf, number: u32) -> u16 {
    match pdf.xref().entries.get(&number) {
        Some(Entry::At { generation, .. }) => *generation,
        _ => 0,
    }
}

/// A stream's dictionary; `/Length` says nothing that its bytes do not.
fn same_but_length(a: &Object, b: &Object) -> bool {
    match (a, b) {
        (Object::Dictionary(a), Object::Dictionary(b)) => {
            keys(a, b).all(|key| key == b"Length" || same_value(a, b, key))
        }
        _ => false,
    }
}

/// Whether two objects mean the same, however they are written.
pub(super) fn same(a: &Object, b: &Object) -> bool {
    match (a, b) {
        (Object::String(a, _), Object::String(b, _)) => a == b,
        (Object::Array(a), Object::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Object::Dictionary(a), Object::Dictionary(b)) => {
            a.len() == b.len() && keys(a, b).all(|key| same_value(a, b, key))
        }
        (Object::Integer(a), Object::Real(b)) | (Object::Real(b), Object::Integer(a)) => {
            *a as f64 == f64::from(*b)
        }
        _ => a == b,
    }
}

/// Whether a key has the same value, not resolved, in both.
pub(super) fn same_value(a: &Dictionary, b: &Dictionary, key: &[u8]) -> bool {
    match (a.get(key), b.get(key)) {
        (Ok(a), Ok(b)) => same(a, b),
        (Err(_), Err(_)) => true,
        _ => false,
    }
}

/// The keys of both, each once.
pub(super) fn keys<'k>(a: &'k Dictionary, b: &'k Dictionary) -> impl Iterator<Item = &'k [u8]> {
    let added = b.iter().map(|(key, _)| key.as_slice());
    a.iter()
        .map(|(key, _)| key.as_slice())
        .chain(added.filter(|key| !a.has(key)))
}
