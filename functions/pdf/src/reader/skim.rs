//! Passing over an object without making it: most of a document only has to be known not to matter.

use memchr::{memchr, memchr3};

use super::lexer::{is_regular, is_space};
use super::{Fault, Lexer, Pdf, streams::Container};

/// Arrays and dictionaries inside each other; deeper ones are read in full.
const MAX_DEPTH: usize = 64;

impl Pdf<'_> {
    /// Passes over the numbered object at `offset`, gathering what it refers to; where it ends.
    ///
    /// `None` for a stream and for all that is not plainly well-formed: the object must then be read.
    ///
    /// # Errors
    /// When the budget is spent.
    pub(crate) fn skim(
        &self,
        offset: usize,
        references: &mut Vec<u32>,
    ) -> Result<Option<usize>, Fault> {
        let bytes = self.bytes();
        let mut lexer = Lexer::new(bytes, offset);
        if lexer.object_header().is_none() {
            return Ok(None);
        }
        let Some(end) = pass(bytes, lexer.pos(), references) else {
            self.pay(lexer.pos() - offset)?;
            return Ok(None);
        };
        self.pay(end - offset)?;
        let mut lexer = Lexer::new(bytes, end);
        lexer.skip_space();
        Ok((!lexer.prefix(b"stream")).then_some(end))
    }

    /// The same for a member of an object stream; whether it could be passed over.
    ///
    /// # Errors
    /// When the budget is spent.
    pub(crate) fn skim_member(
        &self,
        holder: &Container,
        offset: usize,
        references: &mut Vec<u32>,
    ) -> Result<bool, Fault> {
        let end = pass(holder.data(), offset, references);
        self.pay(end.map_or(0, |end| end - offset))?;
        Ok(end.is_some())
    }
}

/// Passes over one object; `None` when it is odd. What was gathered before that is left to the caller.
fn pass(bytes: &[u8], start: usize, references: &mut Vec<u32>) -> Option<usize> {
    let mut at = start;
    let mut open = Vec::new();
    // The last two tokens, if they are plain integers.
    let mut integers = [None, None];
    loop {
        let rest = &bytes[at..];
        let mut integer = None;
        match *rest.first()? {
            byte if is_space(byte) => {
                at += 1;
                continue;
            }
            b'/' => at += 1 + regular(&rest[1..]),
            b'(' => at += literal(rest)?,
            b'<' if rest.get(1) == Some(&b'<') => {
                open.push(b'>');
                at += 2;
            }
            b'<' => at += memchr(b'>', rest)? + 1,
            b'[' => {
                open.push(b']');
                at += 1;
            }
            b']' if open.pop()? == b']' => at += 1,
            b'>' if rest.get(1) == Some(&b'>') && open.pop()? == b'>' => at += 2,
            byte if is_regular(byte) => {
                let word = &rest[..regular(rest)];
                at += word.len();
                match word {
                    b"R" => {
                        let [Some(number), Some(generation)] = integers else {
                            return None;
                        };
                        u16::try_from(generation).ok()?;
                        references.push(u32::try_from(number).ok()?);
                    }
                    b"true" | b"false" | b"null" => {}
                    number => integer = plain_integer(number)?,
                }
            }
            _ => return None,
        }
        integers = [integers[1], integer];
        if integer.is_none() {
            integers = [None, None];
        }
        if open.is_empty() {
            // A lone number may be the start of a reference.
            return integer.is_none().then_some(at);
        }
        if open.len() > MAX_DEPTH {
            return None;
        }
    }
}

fn regular(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| is_regular(**byte)).count()
}

/// The length of a literal string, its brackets included.
fn literal(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        at += memchr3(b'(', b')', b'\\', bytes.get(at..)?)?;
        match bytes[at] {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => at += 1,
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// `None` when the word is no number; the inner one when it is a number but no plain integer.
fn plain_integer(word: &[u8]) -> Option<Option<u64>> {
    if word.len() <= 10 && word.iter().all(u8::is_ascii_digit) {
        let value = word.iter().fold(0, |sum, b| sum * 10 + u64::from(b - b'0'));
        return Some(Some(value));
    }
    let number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.');
    word.iter().all(number).then_some(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Watch;

    struct Numbers(Vec<u32>);
    impl Watch for Numbers {
        fn reference(&mut self, number: u32) {
            self.0.push(number);
        }
    }

    #[test]
    fn agrees_with_the_lexer() {
        for text in [
            "<</A 1 0 R/B[2 0 R 3 0 R 4 5 0 R]/C(6 0 R\\)(7 0 R))/D<80>/E<</F -1.5>>/G true>> x",
            "[1 2 3 4 0 R]",
            "/Name",
            "(a(b)c) 1 0 R",
            "<48>",
            "<</A 1 0 R 2 0 R/B 3 0 null>>",
        ] {
            let mut found = Vec::new();
            let end = pass(text.as_bytes(), 0, &mut found);
            let mut numbers = Numbers(Vec::new());
            let mut lexer = Lexer::watched(text.as_bytes(), 0, Some(&mut numbers));
            lexer.object().unwrap();
            assert_eq!(end, Some(lexer.pos()), "{text}");
            assert_eq!(found, numbers.0, "{text}");
        }
        for odd in [
            "",
            "1 0 R",
            "12",
            "<<",
            "<</A 1 R>>",
            "[1 0 R",
            "(a",
            "(\\",
            "<4",
            "[>>",
            "<<]",
            "]",
            ">>",
            "nil",
            "[1-2x]",
            "<</A%b\n1>>",
        ] {
            assert_eq!(pass(odd.as_bytes(), 0, &mut Vec::new()), None, "{odd}");
        }
        assert_eq!(pass("[".repeat(99).as_bytes(), 0, &mut Vec::new()), None);
    }
}
