//! Reading direct objects (ISO 32000-1, 7.2 and 7.3) with bounds on depth and count.
//!
//! Lenient where viewers are: an unknown word is null, a missing `>>` ends with the input.

use lopdf::{Dictionary, Object, StringFormat};

use super::Fault;

/// Arrays, dictionaries and brackets of a string inside each other.
const MAX_DEPTH: usize = 100;

/// Objects inside one indirect object. The largest honest ones are arrays of widths and of pages.
const MAX_NODES: usize = 300_000;

/// What making one object costs, in bytes looked at.
const NODE_WORK: usize = 24;

/// Told of what is read on the way.
pub(crate) trait Watch {
    /// A dictionary's entries in the order written, repeated keys included.
    fn dictionary(&mut self, _entries: &[(Vec<u8>, Object)]) {}
    /// A reference to the object of this number.
    fn reference(&mut self, _number: u32) {}
    /// Whether enough is known.
    fn finished(&self) -> bool {
        false
    }
}

/// A position in bytes from which objects are read.
pub(crate) struct Lexer<'a, 'w> {
    bytes: &'a [u8],
    pos: usize,
    nodes: usize,
    odd: bool,
    watch: Option<&'w mut dyn Watch>,
}

impl<'a, 'w> Lexer<'a, 'w> {
    /// Starts at `pos`, which may lie past the end.
    pub(crate) fn new(bytes: &'a [u8], pos: usize) -> Self {
        Self {
            bytes,
            pos: pos.min(bytes.len()),
            nodes: 0,
            odd: false,
            watch: None,
        }
    }

    /// The same, showing each dictionary to `watch`.
    pub(crate) fn watched(bytes: &'a [u8], pos: usize, watch: Option<&'w mut dyn Watch>) -> Self {
        Self {
            watch,
            ..Self::new(bytes, pos)
        }
    }

    /// Work done since `start`: the bytes read, and what the objects made of them cost.
    pub(crate) fn work(&self, start: usize) -> usize {
        self.pos.saturating_sub(start) + self.nodes * NODE_WORK
    }

    /// Whether something was read that the format does not allow and that readers take each in their own way.
    pub(crate) fn odd(&self) -> bool {
        self.odd
    }

    /// Where the next byte is read.
    pub(crate) fn pos(&self) -> usize {
        self.pos
    }

    /// Skips white space and comments.
    pub(crate) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'%' => {
                    while self.peek().is_some_and(|b| b != b'\r' && b != b'\n') {
                        self.pos += 1;
                    }
                }
                b if is_space(b) => self.pos += 1,
                _ => break,
            }
        }
    }

    /// Takes `word` if it stands here as a whole.
    pub(crate) fn word(&mut self, word: &[u8]) -> bool {
        let rest = self.rest();
        let stands = rest.starts_with(word) && rest.get(word.len()).is_none_or(|b| !is_regular(*b));
        if stands {
            self.pos += word.len();
        }
        stands
    }

    /// Takes `prefix` whatever follows it: `stream` and `obj` are often glued to the next token.
    pub(crate) fn prefix(&mut self, prefix: &[u8]) -> bool {
        let stands = self.rest().starts_with(prefix);
        if stands {
            self.pos += prefix.len();
        }
        stands
    }

    /// Takes an unsigned integer after white space.
    pub(crate) fn unsigned(&mut self) -> Option<u64> {
        self.skip_space();
        let digits = self
            .rest()
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        if digits == 0 || digits > 19 {
            return None;
        }
        let value = self.rest()[..digits].iter().fold(0_u64, |sum, b| {
            sum.wrapping_mul(10).wrapping_add(u64::from(b - b'0'))
        });
        self.pos += digits;
        Some(value)
    }

    /// Takes the header `n g obj` of an indirect object.
    pub(crate) fn object_header(&mut self) -> Option<(u32, u16)> {
        let number = u32::try_from(self.unsigned()?).ok()?;
        let generation = u16::try_from(self.unsigned()?).ok()?;
        self.skip_space();
        self.prefix(b"obj").then_some((number, generation))
    }

    /// Reads one object.
    ///
    /// # Errors
    /// [`Fault::Broken`] where no object stands, [`Fault::TooComplex`] past the bounds.
    pub(crate) fn object(&mut self) -> Result<Object, Fault> {
        self.object_at(0)
    }

    fn object_at(&mut self, depth: usize) -> Result<Object, Fault> {
        self.nodes += 1;
        if depth > MAX_DEPTH {
            return Err(Fault::TooComplex("objects are nested too deep"));
        }
        if self.nodes > MAX_NODES {
            return Err(Fault::TooComplex("an object has too many parts"));
        }
        self.skip_space();
        match self.peek().ok_or(Fault::Broken("an object is cut off"))? {
            b'/' => Ok(Object::Name(self.name())),
            b'(' => Ok(Object::String(self.literal_string(), StringFormat::Literal)),
            b'<' if self.rest().get(1) == Some(&b'<') => {
                self.dictionary(depth).map(Object::Dictionary)
            }
            b'<' => Ok(Object::String(self.hex_string(), StringFormat::Hexadecimal)),
            b'[' => self.array(depth).map(Object::Array),
            b'0'..=b'9' | b'+' | b'-' | b'.' => Ok(self.number_or_reference()),
            b if is_regular(b) => Ok(self.keyword()),
            _ => Err(Fault::Broken("an object is malformed")),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Object>, Fault> {
        self.pos += 1;
        let mut items = Vec::new();
        loop {
            self.skip_space();
            match self.peek() {
                Some(b']') => {
                    self.pos += 1;
                    return Ok(items);
                }
                Some(b')' | b'}' | b'{') => {
                    self.odd = true;
                    self.pos += 1;
                }
                Some(byte) if byte != b'>' && !self.at_object_end() => {
                    items.push(self.object_at(depth + 1)?);
                }
                _ => {
                    self.odd = true;
                    return Ok(items);
                }
            }
        }
    }

    fn dictionary(&mut self, depth: usize) -> Result<Dictionary, Fault> {
        self.pos += 2;
        let mut entries: Vec<(Vec<u8>, Object)> = Vec::new();
        loop {
            self.skip_space();
            match self.peek() {
                Some(b'>') => {
                    let closed = self.rest().get(1) == Some(&b'>');
                    self.odd |= !closed;
                    self.pos += 1 + usize::from(closed);
                    break;
                }
                Some(b'/') => {
                    let key = self.name();
                    self.skip_space();
                    if self.peek() == Some(b'>') {
                        self.odd = true;
                        entries.push((key, Object::Null));
                    } else {
                        entries.push((key, self.object_at(depth + 1)?));
                    }
                }
                Some(_) if !self.at_object_end() => {
                    // A stray token between the entries: viewers skip it.
                    self.odd = true;
                    if matches!(self.peek(), Some(b')' | b']' | b'}' | b'{')) {
                        self.pos += 1;
                    } else {
                        self.object_at(depth + 1)?;
                    }
                }
                _ => {
                    self.odd = true;
                    break;
                }
            }
        }
        if let Some(watch) = &mut self.watch {
            watch.dictionary(&entries);
        }
        let mut dictionary = Dictionary::new();
        for (key, value) in entries {
            if !value.is_null() {
                dictionary.set(key, value);
            }
        }
        Ok(dictionary)
    }

    /// An unclosed array or dictionary ends where its object does.
    fn at_object_end(&self) -> bool {
        let rest = self.rest();
        rest.starts_with(b"endobj") || rest.starts_with(b"stream") || rest.starts_with(b"endstream")
    }

    /// A name with its `#xx` escapes resolved (7.3.5).
    fn name(&mut self) -> Vec<u8> {
        self.pos += 1;
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|b| is_regular(*b)) {
            let escape = match self.rest() {
                [b'#', high, low, ..] => hex(*high).zip(hex(*low)),
                _ => None,
            };
            match escape {
                Some((high, low)) => {
                    name.push(high << 4 | low);
                    self.pos += 3;
                }
                None => {
                    self.odd |= byte == b'#';
                    name.push(byte);
                    self.pos += 1;
                }
            }
        }
        name
    }

    fn literal_string(&mut self) -> Vec<u8> {
        self.pos += 1;
        let mut text = Vec::new();
        let mut depth = 1_usize;
        while let Some(byte) = self.take() {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                b'\\' => {
                    self.escape(&mut text);
                    continue;
                }
                _ => {}
            }
            if depth == 0 {
                return text;
            }
            text.push(byte);
        }
        self.odd = true;
        text
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        match self.take() {
            Some(b'n') => text.push(b'\n'),
            Some(b'r') => text.push(b'\r'),
            Some(b't') => text.push(b'\t'),
            Some(b'b') => text.push(8),
            Some(b'f') => text.push(12),
            Some(b'\r') => {
                if self.peek() == Some(b'\n') {
                    self.pos += 1;
                }
            }
            Some(b'\n') | None => {}
            Some(first @ b'0'..=b'7') => {
                let mut code = u16::from(first - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else {
                        break;
                    };
                    code = code << 3 | u16::from(digit - b'0');
                    self.pos += 1;
                }
                text.push(code as u8);
            }
            Some(other) => text.push(other),
        }
    }

    fn hex_string(&mut self) -> Vec<u8> {
        self.pos += 1;
        let mut text = Vec::new();
        let mut high = None;
        loop {
            let byte = self.take();
            match (byte, byte.and_then(hex)) {
                (_, Some(digit)) => match high.take() {
                    Some(h) => text.push(h << 4 | digit),
                    None => high = Some(digit),
                },
                (Some(b'>'), _) => break,
                (Some(byte), _) => self.odd |= !is_space(byte),
                (None, _) => {
                    self.odd = true;
                    break;
                }
            }
        }
        if let Some(h) = high {
            text.push(h << 4);
        }
        text
    }

    fn number_or_reference(&mut self) -> Object {
        let digits = self
            .rest()
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        let plain = !matches!(self.rest().get(digits), Some(b'+' | b'-' | b'.'));
        if plain && (1..=18).contains(&digits) {
            let text = &self.rest()[..digits];
            let value = text.iter().fold(0, |sum, b| sum * 10 + i64::from(b - b'0'));
            self.pos += digits;
            let reference = u32::try_from(value)
                .ok()
                .and_then(|number| self.reference(number));
            return reference.unwrap_or(Object::Integer(value));
        }
        let number = |b: &u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.');
        let length = self.rest().iter().take_while(|b| number(b)).count();
        let text = std::str::from_utf8(&self.rest()[..length]).unwrap_or_default();
        self.pos += length;
        match text.parse::<i64>() {
            Ok(integer) => Object::Integer(integer),
            Err(_) => text.parse().map_or_else(
                |_| {
                    self.odd = true;
                    Object::Integer(0)
                },
                Object::Real,
            ),
        }
    }

    /// `g R` after a number that has been read.
    fn reference(&mut self, number: u32) -> Option<Object> {
        let mut ahead = Lexer::new(self.bytes, self.pos);
        let generation = u16::try_from(ahead.unsigned()?).ok()?;
        ahead.skip_space();
        if !ahead.word(b"R") {
            return None;
        }
        self.pos = ahead.pos;
        if let Some(watch) = &mut self.watch {
            watch.reference(number);
        }
        Some(Object::Reference((number, generation)))
    }

    fn keyword(&mut self) -> Object {
        let length = self.rest().iter().take_while(|b| is_regular(**b)).count();
        let object = match &self.rest()[..length] {
            b"true" => Object::Boolean(true),
            b"false" => Object::Boolean(false),
            b"null" => Object::Null,
            _ => {
                self.odd = true;
                Object::Null
            }
        };
        self.pos += length;
        object
    }

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.pos..]
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.pos).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.pos += 1;
        Some(byte)
    }
}

/// White space of 7.2.2.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

pub(crate) fn is_regular(byte: u8) -> bool {
    !is_space(byte)
        && !matches!(
            byte,
            b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
        )
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests;
