//! A bounded, lazy reader of hostile PDFs.
//!
//! `lopdf` loads a whole document and copies every stream, so a few kilobytes of overlapping streams or of
//! cross-reference entries that name one large object cost it gigabytes or minutes, and a function cannot stop it
//! half-way. Here objects are read when asked for, streams are ranges of the file, and all work is paid from one
//! budget: whatever the input, reading ends. What `lopdf` does within bounds (the object model, filters,
//! cross-reference streams, writing) stays with it.

mod lexer;
mod scan;
mod xref;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

use lopdf::{Dictionary, Object, ObjectId, Stream};
use memchr::memmem;

pub(crate) use lexer::{Lexer, Watch};
pub(crate) use xref::{Entry, Form, Xref};

/// Bytes that may be looked at, in all passes together: a few seconds at worst.
const BUDGET: u64 = 256 << 20;

/// One object stream or cross-reference stream, decoded.
const MAX_DECODED: usize = 32 << 20;

/// Decoded object streams that are kept.
const MAX_CACHED: usize = 48 << 20;

/// Numbered objects of a document.
pub(crate) const MAX_OBJECTS: usize = 500_000;

/// The highest object number that viewers accept (ISO 32000-1, annex C); what has a higher one does not exist.
pub(crate) const MAX_NUMBER: u32 = 8_388_607;

/// Nodes of the page tree.
const MAX_PAGE_NODES: usize = 100_000;

/// References that lead to references, and `/Length` that stands in another object.
const MAX_HOPS: u32 = 16;

/// Filters for data (ISO 32000-1, 7.4). Those of later drafts are left out: other readers would see another document.
const FILTERS: [&[u8]; 5] = [
    b"FlateDecode",
    b"LZWDecode",
    b"ASCIIHexDecode",
    b"ASCII85Decode",
    b"RunLengthDecode",
];

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
}

/// An opened document.
pub(crate) struct Pdf<'a> {
    /// The bytes from the header on: offsets count from here.
    bytes: &'a [u8],
    xref: Xref,
    budget: Cell<u64>,
    hops: Cell<u32>,
    containers: RefCell<Containers>,
}

#[derive(Default)]
struct Containers {
    decoded: HashMap<u32, Rc<Container>>,
    size: usize,
}

/// A decoded object stream (7.5.7).
pub(crate) struct Container {
    data: Vec<u8>,
    /// Object number and offset in `data`, in the order written.
    pub(crate) members: Vec<(u32, usize)>,
    /// The offset of each number; of a repeated one the last, as viewers take it.
    offsets: HashMap<u32, usize>,
}

impl<'a> Pdf<'a> {
    /// Opens a document whose header stands at `header`; repairs a broken cross-reference by scanning.
    ///
    /// # Errors
    /// When not even a scan finds a catalog, or the bounds are passed.
    pub(crate) fn open(file: &'a [u8], header: usize) -> Result<Self, Fault> {
        let mut pdf = Pdf {
            bytes: &file[header..],
            xref: Xref::default(),
            budget: Cell::new(BUDGET),
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
        watch: Option<Watch>,
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
        watch: Option<Watch>,
    ) -> Result<Option<Indirect>, Fault> {
        let mut lexer = Lexer::watched(self.bytes, offset, watch);
        let Some(id) = lexer.object_header() else {
            return Ok(None);
        };
        let object = lexer.object();
        self.pay(lexer.pos().saturating_sub(offset))?;
        let object = object?;
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
        }))
    }

    /// Where a stream's data lies (7.3.8): as `/Length` says, else up to `endstream`.
    fn stream_range(
        &self,
        dictionary: &Dictionary,
        after_keyword: usize,
    ) -> Result<Option<Range<usize>>, Fault> {
        let start = match &self.bytes[after_keyword..] {
            [b'\r', b'\n', ..] => after_keyword + 2,
            [b'\r' | b'\n', ..] => after_keyword + 1,
            _ => after_keyword,
        };
        let length = match dictionary.get(b"Length") {
            Ok(Object::Integer(length)) => Some(*length),
            Ok(Object::Reference(id)) => self.object(*id)?.as_i64().ok(),
            _ => None,
        };
        if let Some(end) =
            length.and_then(|length| start.checked_add(usize::try_from(length).ok()?))
            && end <= self.bytes.len()
        {
            let tail = &self.bytes[end..self.bytes.len().min(end + 32)];
            let space = tail.iter().take_while(|b| lexer::is_space(**b)).count();
            if tail[space..].starts_with(b"endstream") {
                return Ok(Some(start..end));
            }
        }
        let rest = &self.bytes[start..];
        let found = memmem::find(rest, b"endstream");
        self.pay(found.unwrap_or(rest.len()))?;
        let Some(mut length) = found else {
            return Ok(None);
        };
        if rest[..length].ends_with(b"\r\n") {
            length -= 2;
        } else if rest[..length].ends_with(b"\n") || rest[..length].ends_with(b"\r") {
            length -= 1;
        }
        Ok(Some(start..start + length))
    }

    /// A stream's data with the filters undone, within the bound.
    ///
    /// # Errors
    /// [`Fault::TooComplex`] past the bound, [`Fault::Broken`] when a filter fails.
    pub(crate) fn decoded(
        &self,
        dictionary: &Dictionary,
        range: &Range<usize>,
    ) -> Result<Vec<u8>, Fault> {
        let stream = self.plain_stream(dictionary, range)?;
        let data = stream
            .get_plain_content_with_limit(MAX_DECODED)
            .map_err(|error| match error {
                lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded {
                    ..
                }) => Fault::TooComplex("a stream unpacks to too much data"),
                _ => Fault::Broken("a stream cannot be unpacked"),
            });
        // What was unpacked before a failure is not known; deflate gives at most 1032 bytes for one (zlib, "maximum
        // compression factor").
        self.pay(
            data.as_ref()
                .map_or(range.len().saturating_mul(1032).min(MAX_DECODED), Vec::len),
        )?;
        data
    }

    /// The stream as `lopdf` takes it, with what its filters need no longer behind references.
    pub(crate) fn plain_stream(
        &self,
        dictionary: &Dictionary,
        range: &Range<usize>,
    ) -> Result<Stream, Fault> {
        let raw = &self.bytes[range.clone()];
        if raw.len() > MAX_DECODED {
            return Err(Fault::TooComplex("a stream of objects is too large"));
        }
        self.pay(raw.len())?;
        let mut plain = Dictionary::new();
        for (key, value) in dictionary.iter() {
            let value = match self.resolve(value)? {
                Object::Array(items) => Object::Array(
                    items
                        .iter()
                        .map(|i| self.resolve(i))
                        .collect::<Result<_, _>>()?,
                ),
                other => other,
            };
            plain.set(key.clone(), value);
        }
        let filters = match plain.get(b"Filter") {
            Ok(Object::Array(filters)) => filters.as_slice(),
            Ok(filter) => std::slice::from_ref(filter),
            Err(_) => &[],
        };
        if filters.len() > 4 {
            return Err(Fault::TooComplex("a stream has too many filters"));
        }
        if !filters
            .iter()
            .all(|filter| filter.as_name().is_ok_and(|name| FILTERS.contains(&name)))
        {
            return Err(Fault::Broken(
                "a stream has a filter that readers do not know",
            ));
        }
        Ok(Stream::new(plain, raw.to_vec()))
    }

    fn compressed(
        &self,
        number: u32,
        container: u32,
        watch: Option<Watch>,
    ) -> Result<Option<Indirect>, Fault> {
        let holder = self.container(container)?;
        let Some(offset) = holder.offsets.get(&number) else {
            return Ok(None);
        };
        self.member(&holder, number, *offset, watch).map(Some)
    }

    /// Reads a member of an object stream.
    pub(crate) fn member(
        &self,
        holder: &Container,
        number: u32,
        offset: usize,
        watch: Option<Watch>,
    ) -> Result<Indirect, Fault> {
        let mut lexer = Lexer::watched(&holder.data, offset, watch);
        let object = lexer.object();
        self.pay(lexer.pos().saturating_sub(offset))?;
        Ok(Indirect {
            id: (number, 0),
            object: object?,
            stream: None,
            end: 0,
        })
    }

    /// The object stream with this number, decoded once while the cache has room.
    pub(crate) fn container(&self, number: u32) -> Result<Rc<Container>, Fault> {
        if let Some(known) = self.containers.borrow().decoded.get(&number) {
            return Ok(Rc::clone(known));
        }
        let Some(Entry::At { offset, .. }) = self.xref.entries.get(&number).copied() else {
            return Err(Fault::Broken("an object stream is missing"));
        };
        let holder = Rc::new(self.container_at(offset)?);
        let mut cache = self.containers.borrow_mut();
        cache.size += holder.data.len();
        if cache.size > MAX_CACHED {
            cache.decoded.clear();
            cache.size = holder.data.len();
        }
        cache.decoded.insert(number, Rc::clone(&holder));
        Ok(holder)
    }

    /// Decodes the object stream that starts at `offset`.
    pub(crate) fn container_at(&self, offset: usize) -> Result<Container, Fault> {
        let missing = Fault::Broken("an object stream is malformed");
        let found = self.indirect_at(offset, None)?.ok_or(missing.clone())?;
        let (Object::Dictionary(dictionary), Some(range)) = (&found.object, &found.stream) else {
            return Err(missing);
        };
        let number = |key| -> Result<usize, Fault> {
            self.value(dictionary, key)?
                .as_i64()
                .ok()
                .and_then(|n| usize::try_from(n).ok())
                .ok_or(missing.clone())
        };
        let (count, first) = (number(b"N")?, number(b"First")?);
        if count > MAX_OBJECTS {
            return Err(Fault::TooComplex("an object stream holds too many objects"));
        }
        let data = self.decoded(dictionary, range)?;
        let mut lexer = Lexer::new(&data, 0);
        let mut members = Vec::new();
        for _ in 0..count {
            let (Some(member), Some(offset)) = (lexer.unsigned(), lexer.unsigned()) else {
                break;
            };
            if let (Ok(member), Some(offset)) = (
                u32::try_from(member),
                usize::try_from(offset)
                    .ok()
                    .and_then(|o| o.checked_add(first)),
            ) && offset < data.len()
            {
                members.push((member, offset));
            }
        }
        self.pay(data.len())?;
        let offsets = members.iter().copied().collect();
        Ok(Container {
            data,
            members,
            offsets,
        })
    }

    /// The catalog.
    pub(crate) fn catalog(&self) -> Result<(ObjectId, Dictionary), Fault> {
        let id = self
            .xref
            .trailer
            .get(b"Root")
            .and_then(Object::as_reference)
            .map_err(|_| Fault::Broken("there is no catalog"))?;
        match self.object(id)? {
            Object::Dictionary(catalog) => Ok((id, catalog)),
            _ => Err(Fault::Broken("the catalog cannot be read")),
        }
    }

    /// The root of the page tree: a node with `/Kids`, or a single page.
    pub(crate) fn page_root(&self) -> Result<(ObjectId, Dictionary), Fault> {
        let (_, catalog) = self.catalog()?;
        let id = catalog
            .get(b"Pages")
            .and_then(Object::as_reference)
            .map_err(|_| Fault::Broken("there is no page tree"))?;
        match self.object(id)? {
            Object::Dictionary(root) => Ok((id, root)),
            _ => Err(Fault::Broken("the page tree cannot be read")),
        }
    }

    /// Counts the pages by walking the tree. A kid that is missing does not count.
    ///
    /// # Errors
    /// A node that is its own ancestor: viewers disagree on what such a document shows.
    pub(crate) fn count_pages(&self) -> Result<u32, Fault> {
        enum Step {
            Enter(Object),
            Leave(ObjectId),
        }
        let (id, _) = self.page_root()?;
        let mut ancestors = HashSet::new();
        let mut steps = vec![Step::Enter(id.into())];
        let (mut pages, mut nodes) = (0_u32, 0_usize);
        while let Some(step) = steps.pop() {
            let object = match step {
                Step::Enter(object) => object,
                Step::Leave(id) => {
                    ancestors.remove(&id);
                    continue;
                }
            };
            nodes += 1;
            if nodes > MAX_PAGE_NODES {
                return Err(Fault::TooComplex("the page tree is too large"));
            }
            let Object::Dictionary(node) = self.resolve(&object)? else {
                continue;
            };
            let Some(kids) = self.kids(&node)? else {
                pages += 1;
                continue;
            };
            if let Object::Reference(id) = object {
                if !ancestors.insert(id) {
                    return Err(Fault::Broken("the page tree runs in a circle"));
                }
                steps.push(Step::Leave(id));
            }
            if steps.len() + kids.len() > MAX_PAGE_NODES {
                return Err(Fault::TooComplex("the page tree is too large"));
            }
            steps.extend(kids.into_iter().rev().map(Step::Enter));
        }
        Ok(pages)
    }

    /// The children of a node of the page tree; `None` when it is a page.
    pub(crate) fn kids(&self, node: &Dictionary) -> Result<Option<Vec<Object>>, Fault> {
        let Ok(kids) = node.get(b"Kids") else {
            return Ok(if node.has_type(b"Pages") {
                Some(Vec::new())
            } else {
                None
            });
        };
        Ok(Some(match self.resolve(kids)? {
            Object::Array(kids) => kids,
            // One child without its brackets: viewers take it.
            Object::Dictionary(_) => vec![kids.clone()],
            _ => Vec::new(),
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

    /// Live objects by the object stream that holds them.
    pub(crate) fn by_container(&self) -> BTreeMap<u32, Vec<u32>> {
        let mut holders: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (number, entry) in &self.xref.entries {
            if let Entry::In { container, .. } = entry {
                holders.entry(*container).or_default().push(*number);
            }
        }
        holders
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
