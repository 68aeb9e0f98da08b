//! The form of a revision's bytes (ISO 32000-1, 7.5.5 and 7.5.6).

use memchr::memmem;

use crate::reader::Lexer;

/// Whether the last `startxref` is followed by a number, `%%EOF` and at most one line end.
pub(super) fn ends_properly(bytes: &[u8]) -> bool {
    let Some(keyword) = memmem::rfind(bytes, b"startxref") else {
        return false;
    };
    let mut lexer = Lexer::new(bytes, keyword + 9);
    if lexer.unsigned().is_none() {
        return false;
    }
    let rest = &bytes[lexer.pos()..];
    let space = rest
        .iter()
        .take_while(|b| matches!(b, b'\r' | b'\n' | b' '));
    let rest = &rest[space.count()..];
    matches!(
        rest.strip_prefix(b"%%EOF"),
        Some(b"" | b"\n" | b"\r" | b"\r\n")
    )
}
