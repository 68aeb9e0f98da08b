//! Streams and object streams (ISO 32000-1, 7.3.8 and 7.5.7).

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use lopdf::{Dictionary, Object, Stream};
use memchr::memmem;

use super::lexer::is_space;
use super::{Entry, Fault, Indirect, Lexer, MAX_OBJECTS, Pdf, Watch};

/// One object stream or cross-reference stream, decoded.
const MAX_DECODED: usize = 32 << 20;

/// Decoded object streams that are kept.
const MAX_CACHED: usize = 48 << 20;

/// Filters for data (ISO 32000-1, 7.4). Those of later drafts are left out: other readers would see another document.
const FILTERS: [&[u8]; 5] = [
    b"FlateDecode",
    b"LZWDecode",
    b"ASCIIHexDecode",
    b"ASCII85Decode",
    b"RunLengthDecode",
];

#[derive(Default)]
pub(super) struct Containers {
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

impl Container {
    pub(super) fn data(&self) -> &[u8] {
        &self.data
    }
}

impl Pdf<'_> {
    /// Where a stream's data lies (7.3.8): as `/Length` says, else up to `endstream`.
    pub(super) fn stream_range(
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
            let space = tail.iter().take_while(|b| is_space(**b)).count();
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

    pub(super) fn compressed(
        &self,
        number: u32,
        container: u32,
        watch: Option<&mut dyn Watch>,
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
        watch: Option<&mut dyn Watch>,
    ) -> Result<Indirect, Fault> {
        let mut lexer = Lexer::watched(&holder.data, offset, watch);
        let object = lexer.object();
        self.pay(lexer.work(offset))?;
        Ok(Indirect {
            id: (number, 0),
            object: object?,
            stream: None,
            end: 0,
            odd: lexer.odd(),
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
}
