//! A bounded, lazy reader of hostile PDFs.
//!
//! `lopdf` loads a whole document and copies every stream, so a few kilobytes of overlapping streams or of
//! cross-reference entries that name one large object cost it gigabytes or minutes, and a function cannot stop it
//! half-way. Here objects are read when asked for, streams are ranges of the file, and all work is paid from one
//! budget: whatever the input, reading ends. What `lopdf` does within bounds (the object model, filters,
//! cross-reference streams, writing) stays with it.

mod lexer;
mod pages;
mod scan;
mod skim;
mod streams;
mod walk;
mod xref;

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use lopdf::{Dictionary, Object, ObjectId};

pub(crate) use lexer::{Lexer, Watch};
pub(crate) use walk::Dangling;

use streams::Containers;
pub(crate) use xref::{Entry, Form, Section, Xref};

/// Bytes that may be looked at, in all passes together: a few seconds at worst.
const BUDGET: u64 = 384 << 20;

/// Numbered objects of a document.
pub(crate) const MAX_OBJECTS: usize = 500_000;

/// The highest object number that viewers accept (ISO 32000-1, annex C); what has a higher one does not exist.
pub(crate) const MAX_NUMBER: u32 = 8_388_607;

/// References that lead to references, and `/Length` that stands in another object.
const MAX_HOPS: u32 = 16;

/// Why a document cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not what the format says.
    Broken(&'static str),
    /// It would cost more than any honest document.
    TooComplex(&'static str),
}

/// One indirect object; a stream's object is its dictionary.
#[derive(Clone)]
pub(crate) struct Indirect {
    pub(crate) id: ObjectId,
    pub(crate) object: Object,
    pub(crate) stream: Option<Range<usize>>,
    /// Where the object ends in the file.
    pub(crate) end: usize,
    /// Whether readers may differ in how they take it: see [`Lexer::odd`].
    pub(crate) odd: bool,
}

/// An opened document.
pub(crate) struct Pdf<'a> {
    /// The bytes from the header on: offsets count from here.
    bytes: &'a [u8],
    xref: Xref,
    budget: Rc<Cell<u64>>,
    hops: Cell<u32>,
    containers: RefCell<Containers>,
}

impl<'a> Pdf<'a> {
    /// Opens a document whose header stands at `header`; repairs a broken cross-reference by scanning.
    ///
    /// # Errors
    /// When not even a scan finds a catalog, or the bounds are passed.
    pub(crate) fn open(file: &'a [u8], header: usize) -> Result<Self, Fault> {
        Self::open_within(&file[header..], Rc::new(Cell::new(BUDGET)))
    }

    /// Opens the revision that ends after `end` bytes from the header; both are paid from one budget.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) fn earlier(&self, end: usize) -> Result<Self, Fault> {
        let bytes = self.bytes.get(..end);
        Self::open_within(
            bytes.ok_or(Fault::Broken("there is no such revision"))?,
            Rc::clone(&self.budget),
        )
    }

    fn open_within(bytes: &'a [u8], budget: Rc<Cell<u64>>) -> Result<Self, Fault> {
        let mut pdf = Pdf {
            bytes,
            xref: Xref::default(),
            budget,
            hops: Cell::new(0),
            containers: RefCell::default(),
        };
        match xref::read(&pdf) {
            Ok(xref) => pdf.xref = xref,
            Err(Fault::TooComplex(why)) => return Err(Fault::TooComplex(why)),
            Err(Fault::Broken(_)) => return pdf.repaired(),
        }
        if pdf.xref.encrypted() {
            return Ok(pdf);
        }
        let lost = pdf.lost_entries()?;
        if pdf.page_root().is_err() || (!lost.is_empty() && scan::finds_any(&pdf, &lost)?) {
            return pdf.repaired();
        }
        for number in lost {
            pdf.xref.entries.insert(number, Entry::Free);
        }
        Ok(pdf)
    }

    fn repaired(mut self) -> Result<Self, Fault> {
        let encrypted = self.xref.encrypted();
        self.containers = RefCell::default();
        self.xref = Xref::default();
        self.xref = scan::rebuild(&self)?;
        if !encrypted && !self.xref.encrypted() {
            self.page_root()?;
        }
        Ok(self)
    }

    pub(crate) fn xref(&self) -> &Xref {
        &self.xref
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The object with this number, null when there is none or it is malformed.
    ///
    /// # Errors
    /// Only when the budget is spent.
    pub(crate) fn object(&self, id: ObjectId) -> Result<Object, Fault> {
        Ok(self
            .indirect(id.0, None)?
            .map_or(Object::Null, |found| found.object))
    }

    /// The object itself, or what its reference leads to.
    pub(crate) fn resolve(&self, object: &Object) -> Result<Object, Fault> {
        let mut object = object.clone();
        for _ in 0..MAX_HOPS {
            match object {
                Object::Reference(id) => object = self.object(id)?,
                other => return Ok(other),
            }
        }
        Ok(Object::Null)
    }

    /// The value of a key, resolved; null when absent.
    pub(crate) fn value(&self, dictionary: &Dictionary, key: &[u8]) -> Result<Object, Fault> {
        dictionary
            .get(key)
            .map_or(Ok(Object::Null), |value| self.resolve(value))
    }

    /// The dictionary of a key, resolved.
    pub(crate) fn dictionary(
        &self,
        dictionary: &Dictionary,
        key: &[u8],
    ) -> Result<Option<Dictionary>, Fault> {
        Ok(match self.value(dictionary, key)? {
            Object::Dictionary(found) => Some(found),
            _ => None,
        })
    }

    /// Reads the object with this number wherever it lies.
    pub(crate) fn indirect(
        &self,
        number: u32,
        watch: Option<&mut dyn Watch>,
    ) -> Result<Option<Indirect>, Fault> {
        let entry = self.xref.entries.get(&number).copied();
        if self.hops.get() >= MAX_HOPS {
            return Ok(None);
        }
        self.hops.set(self.hops.get() + 1);
        let found = match entry {
            Some(Entry::At { offset, .. }) => self.indirect_at(offset, watch),
            Some(Entry::In { container, .. }) => self.compressed(number, container, watch),
            Some(Entry::Free) | None => Ok(None),
        };
        self.hops.set(self.hops.get() - 1);
        match found {
            Ok(found) => Ok(found),
            Err(Fault::Broken(_)) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Reads the object that starts at `offset`.
    pub(crate) fn indirect_at(
        &self,
        offset: usize,
        watch: Option<&mut dyn Watch>,
    ) -> Result<Option<Indirect>, Fault> {
        let mut lexer = Lexer::watched(self.bytes, offset, watch);
        let Some(id) = lexer.object_header() else {
            return Ok(None);
        };
        let object = lexer.object();
        self.pay(lexer.work(offset))?;
        let object = object?;
        let odd = lexer.odd();
        let mut end = lexer.pos();
        let stream = match &object {
            Object::Dictionary(dictionary) => {
                lexer.skip_space();
                if lexer.prefix(b"stream") {
                    self.stream_range(dictionary, lexer.pos())?
                } else {
                    None
                }
            }
            _ => None,
        };
        if let Some(range) = &stream {
            end = range.end;
        }
        Ok(Some(Indirect {
            id,
            object,
            stream,
            end,
            odd,
        }))
    }

    /// Entries that point at no object of their number.
    fn lost_entries(&self) -> Result<Vec<u32>, Fault> {
        let mut lost = Vec::new();
        for (number, entry) in &self.xref.entries {
            if let Entry::At { offset, .. } = entry {
                let mut lexer = Lexer::new(self.bytes, *offset);
                if lexer.object_header().is_none_or(|id| id.0 != *number) {
                    lost.push(*number);
                }
                self.pay(lexer.pos().saturating_sub(*offset))?;
            }
        }
        Ok(lost)
    }

    /// Takes `bytes` of work from the budget; every read costs a little so that many empty ones end, too.
    pub(crate) fn pay(&self, bytes: usize) -> Result<(), Fault> {
        match self.budget.get().checked_sub(bytes as u64 + 16) {
            Some(left) => {
                self.budget.set(left);
                Ok(())
            }
            None => Err(Fault::TooComplex(
                "the document takes too much work to read",
            )),
        }
    }
}
