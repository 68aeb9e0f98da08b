//! Going through every live object once.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::Object;

use super::{Entry, Fault, MAX_NUMBER, Pdf, Watch};

/// Numbers that an update may need.
const ROOM: u32 = 1000;

/// References to objects that do not exist, from a number on.
///
/// An update must not give such a number to an object of its own: the reference would come alive.
pub(crate) struct Dangling {
    from: u32,
    found: BTreeSet<u32>,
}

impl Dangling {
    /// Starts with the first number that is neither in use nor promised by `/Size`.
    ///
    /// # Errors
    /// When there are no numbers left.
    pub(crate) fn new(pdf: &Pdf) -> Result<Self, Fault> {
        let xref = pdf.xref();
        let used = xref
            .entries
            .last_key_value()
            .map_or(1, |(number, _)| number.saturating_add(1));
        let size = xref.trailer.get(b"Size").and_then(Object::as_i64);
        let promised = size.ok().and_then(|size| u32::try_from(size).ok());
        // A promise beyond all reason is not kept.
        let promised = promised.filter(|size| *size < MAX_NUMBER - ROOM);
        let from = used.max(promised.unwrap_or(0));
        if from > MAX_NUMBER - ROOM {
            return Err(Fault::TooComplex("object numbers are used up"));
        }
        Ok(Self {
            from,
            found: BTreeSet::new(),
        })
    }

    /// The numbers from the first free one on that nothing refers to.
    pub(crate) fn free(self) -> impl Iterator<Item = u32> {
        (self.from..=MAX_NUMBER).filter(move |number| !self.found.contains(number))
    }
}

impl Watch for Dangling {
    fn reference(&mut self, number: u32) {
        if number >= self.from {
            self.found.insert(number);
        }
    }
}

impl Pdf<'_> {
    /// Shows every live object to `watch`, those of object streams included, until it is finished.
    ///
    /// # Errors
    /// Only when the budget is spent; what is malformed does not exist.
    pub(crate) fn walk(&self, watch: &mut dyn Watch) -> Result<(), Fault> {
        let mut holders: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for (number, entry) in &self.xref.entries {
            match entry {
                Entry::At { .. } => {
                    self.indirect(*number, Some(&mut *watch))?;
                }
                Entry::In { container, .. } => {
                    holders.entry(*container).or_default().insert(*number);
                }
                Entry::Free => {}
            }
            if watch.finished() {
                return Ok(());
            }
        }
        for (container, numbers) in holders {
            match self.walk_container(container, &numbers, &mut *watch) {
                Ok(()) | Err(Fault::Broken(_)) => {}
                Err(fault) => return Err(fault),
            }
            if watch.finished() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn walk_container(
        &self,
        container: u32,
        numbers: &BTreeSet<u32>,
        watch: &mut dyn Watch,
    ) -> Result<(), Fault> {
        let holder = self.container(container)?;
        for (number, offset) in &holder.members {
            if numbers.contains(number) {
                match self.member(&holder, *number, *offset, Some(&mut *watch)) {
                    Ok(_) | Err(Fault::Broken(_)) => {}
                    Err(fault) => return Err(fault),
                }
            }
        }
        Ok(())
    }
}
