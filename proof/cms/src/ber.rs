//! BER into DER, for messages of libraries that write lengths as they go (BouncyCastle, `openssl cms -stream`).

use crate::CmsError;

/// Gives the same values with definite, shortest lengths and strings in one piece. What is DER stays as it is, byte by byte.
///
/// # Errors
/// [`CmsError::Malformed`], [`CmsError::TooLarge`] past a depth of 40.
pub(crate) fn to_der(ber: &[u8]) -> Result<Vec<u8>, CmsError> {
    let mut out = Vec::with_capacity(ber.len());
    let rest = value(ber, 0, &mut out)?;
    if !rest.is_empty() {
        return Err(MALFORMED);
    }
    Ok(out)
}

const MALFORMED: CmsError = CmsError::Malformed("not BER");
const MAX_DEPTH: usize = 40;
const CONSTRUCTED: u8 = 0x20;
const OCTET_STRING: u8 = 0x04;

/// Writes the first value of the input as DER and gives what follows it.
fn value<'a>(input: &'a [u8], depth: usize, out: &mut Vec<u8>) -> Result<&'a [u8], CmsError> {
    if depth > MAX_DEPTH {
        return Err(CmsError::TooLarge("nested deeper than 40"));
    }
    let (&tag, input) = input.split_first().ok_or(MALFORMED)?;
    // CMS has no tag numbers past 30.
    if tag & 0x1f == 0x1f {
        return Err(MALFORMED);
    }
    let (length, input) = length(input)?;
    let constructed = tag & CONSTRUCTED != 0;
    let (content, rest) = match length {
        Some(length) => {
            let (content, rest) = input.split_at_checked(length).ok_or(MALFORMED)?;
            let content = if constructed {
                members(content, depth, false)?.0
            } else {
                content.to_vec()
            };
            (content, rest)
        }
        None if constructed => members(input, depth, true)?,
        None => return Err(MALFORMED),
    };
    if tag == OCTET_STRING | CONSTRUCTED {
        write(OCTET_STRING, &joined(&content)?, out)?;
    } else {
        write(tag, &content, out)?;
    }
    Ok(rest)
}

/// The members of a constructed value as DER, up to the end of the input or to the end-of-contents mark.
fn members(mut input: &[u8], depth: usize, marked: bool) -> Result<(Vec<u8>, &[u8]), CmsError> {
    let mut out = Vec::new();
    loop {
        match input {
            [0, 0, rest @ ..] if marked => return Ok((out, rest)),
            [] if !marked => return Ok((out, input)),
            _ => input = value(input, depth + 1, &mut out)?,
        }
    }
}

/// The strings that a string came in, which are DER by now, as one.
fn joined(mut pieces: &[u8]) -> Result<Vec<u8>, CmsError> {
    let mut out = Vec::new();
    while let Some((&tag, rest)) = pieces.split_first() {
        let (length, rest) = length(rest)?;
        let (piece, rest) = length
            .and_then(|length| rest.split_at_checked(length))
            .filter(|_| tag == OCTET_STRING)
            .ok_or(MALFORMED)?;
        out.extend_from_slice(piece);
        pieces = rest;
    }
    Ok(out)
}

/// A length of at most four bytes; `None` is the indefinite form.
fn length(input: &[u8]) -> Result<(Option<usize>, &[u8]), CmsError> {
    let (&first, rest) = input.split_first().ok_or(MALFORMED)?;
    match first {
        0..0x80 => Ok((Some(usize::from(first)), rest)),
        0x80 => Ok((None, rest)),
        0x81..=0x84 => {
            let (bytes, rest) = rest
                .split_at_checked(usize::from(first & 0x7f))
                .ok_or(MALFORMED)?;
            let length = bytes
                .iter()
                .fold(0_u32, |length, byte| length << 8 | u32::from(*byte));
            Ok((Some(usize::try_from(length).map_err(|_| MALFORMED)?), rest))
        }
        _ => Err(MALFORMED),
    }
}

fn write(tag: u8, content: &[u8], out: &mut Vec<u8>) -> Result<(), CmsError> {
    out.push(tag);
    let length = u32::try_from(content.len()).map_err(|_| MALFORMED)?;
    let bytes = length.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let short = bytes.get(zeros..).unwrap_or_default();
    match length {
        0..0x80 => out.extend(short.first().or(Some(&0))),
        _ => {
            out.extend([0x81, 0x82, 0x83, 0x84].get(short.len().wrapping_sub(1)));
            out.extend_from_slice(short);
        }
    }
    out.extend_from_slice(content);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indefinite_lengths_and_strings_in_pieces_become_der() {
        let ber = [
            0x30, 0x80, // SEQUENCE
            0x24, 0x80, 0x04, 0x01, 0x41, 0x24, 0x03, 0x04, 0x01, 0x42, 0x00,
            0x00, // "A", "B"
            0x02, 0x81, 0x01, 0x05, // a length that is longer than need be
            0xa0, 0x80, 0x00, 0x00, // [0], empty
            0x00, 0x00,
        ];
        let der = [
            0x30, 0x09, 0x04, 0x02, 0x41, 0x42, 0x02, 0x01, 0x05, 0xa0, 0x00,
        ];
        assert_eq!(to_der(&ber).unwrap(), der);
        assert_eq!(to_der(&der).unwrap(), der);
    }

    #[test]
    fn lengths_of_every_size_are_the_shortest() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let mut der = Vec::new();
            write(OCTET_STRING, &vec![7; length], &mut der).unwrap();
            assert_eq!(to_der(&der).unwrap(), der);
            let read: der::asn1::OctetString = der::Decode::from_der(&der).unwrap();
            assert_eq!(read.as_bytes().len(), length);
        }
    }

    #[test]
    fn what_is_no_ber_is_refused() {
        let deep = [0x30, 0x80].repeat(100);
        for wrong in [
            &[][..],
            &[0x30],
            &[0x30, 0x80],
            &[0x30, 0x80, 0x00],
            &[0x04, 0x80, 0x00, 0x00],
            &[0x30, 0x02, 0x04],
            &[0x30, 0x85, 0, 0, 0, 0, 0],
            &[0x1f, 0x81, 0x01, 0x00],
            &[0x24, 0x03, 0x02, 0x01, 0x05],
            &[0x05, 0x00, 0x00],
            &deep,
        ] {
            assert!(to_der(wrong).is_err(), "{wrong:02x?}");
        }
    }
}
