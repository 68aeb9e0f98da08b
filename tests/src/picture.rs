//! Pictures, written here by the specification (ISO/IEC 15948): no library that the product uses has made them.

use std::io::Write as _;

use anyhow::{Context as _, Result};

/// A PNG of a disc on white, with a comment where one is given.
///
/// # Errors
/// For sizes that no machine holds.
pub fn png(width: u32, height: u32, comment: Option<&str>) -> Result<Vec<u8>> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 2, 0, 0, 0]);
    chunk(&mut png, b"IHDR", &header)?;
    if let Some(comment) = comment {
        chunk(&mut png, b"tEXt", format!("Comment\0{comment}").as_bytes())?;
    }
    let mut pixels = Vec::new();
    let (middle, radius) = (i64::from(height) / 2, i64::from(height) * 2 / 5);
    for y in 0..i64::from(height) {
        pixels.push(0);
        for x in 0..i64::from(width) {
            let inside = (x - middle).pow(2) + (y - middle).pow(2) < radius.pow(2);
            let bar = x > i64::from(height) && (y - middle).abs() < radius / 3;
            pixels.extend(if inside || bar {
                [200, 30, 60]
            } else {
                [255, 255, 255]
            });
        }
    }
    chunk(&mut png, b"IDAT", &zlib(&pixels)?)?;
    chunk(&mut png, b"IEND", b"")?;
    Ok(png)
}

fn chunk(png: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) -> Result<()> {
    png.write_all(&u32::try_from(data.len())?.to_be_bytes())?;
    let named = [name.as_slice(), data].concat();
    png.write_all(&named)?;
    png.write_all(&crc(&named).to_be_bytes())?;
    Ok(())
}

/// RFC 1950 with stored blocks (RFC 1951 section 3.2.4).
fn zlib(data: &[u8]) -> Result<Vec<u8>> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = data.chunks(65_535).peekable();
    while let Some(block) = blocks.next() {
        out.push(u8::from(blocks.peek().is_none()));
        let length = u16::try_from(block.len())?;
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    out.extend((b << 16 | a).to_be_bytes());
    Ok(out)
}

/// CRC-32 of ISO 3309.
fn crc(data: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    };
    !data.iter().fold(u32::MAX, step)
}

/// Names of the chunks of a PNG.
///
/// # Errors
/// Where it is cut.
pub fn chunks(png: &[u8]) -> Result<Vec<String>> {
    let (mut names, mut rest) = (Vec::new(), png.get(8..).context("no PNG")?);
    while !rest.is_empty() {
        let length = u32::from_be_bytes(rest.get(..4).context("cut")?.try_into()?);
        names.push(String::from_utf8(rest.get(4..8).context("cut")?.to_vec())?);
        rest = rest.get(12 + usize::try_from(length)?..).context("cut")?;
    }
    Ok(names)
}
