//! The compressed forms that lie beside a file: brotli at its best and gzip, made once for each content.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::Result;
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

use super::{short_hash, write_if_changed};

/// What is compressed already gains nothing.
const ALREADY_COMPRESSED: &[&str] = &["png", "jpg", "jpeg", "webp", "woff2", "br", "gz"];
/// Brotli's window, in bits: the largest that browsers must accept.
const WINDOW: i32 = 24;

/// Writes `<path>.br` and `<path>.gz` where they are smaller than `bytes`.
pub(super) fn beside(path: &Path, bytes: &[u8], cache: &Path) -> Result<()> {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    if ALREADY_COMPRESSED.contains(&extension) {
        return Ok(());
    }
    for (suffix, compress) in [("br", brotli as fn(&[u8]) -> Result<Vec<u8>>), ("gz", gzip)] {
        let compressed = cached(
            &cache.join(format!("{}.{suffix}", short_hash(bytes))),
            bytes,
            compress,
        )?;
        if compressed.len() < bytes.len() {
            let mut name = path.as_os_str().to_owned();
            name.push(format!(".{suffix}"));
            write_if_changed(Path::new(&name), &compressed)?;
        }
    }
    Ok(())
}

fn cached(path: &Path, bytes: &[u8], compress: fn(&[u8]) -> Result<Vec<u8>>) -> Result<Vec<u8>> {
    if let Ok(ready) = fs::read(path) {
        return Ok(ready);
    }
    let compressed = compress(bytes)?;
    // Renamed into place: an interrupted build leaves no half of a file under a content's name.
    let unfinished = path.with_extension("unfinished");
    write_if_changed(&unfinished, &compressed)?;
    fs::rename(&unfinished, path)?;
    Ok(compressed)
}

fn brotli(mut bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let params = BrotliEncoderParams {
        quality: 11,
        lgwin: WINDOW,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut bytes, &mut out, &params)?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_come_back_to_the_same_bytes() {
        let bytes = "подпись ".repeat(500).into_bytes();
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut brotli(&bytes).unwrap().as_slice(), &mut unpacked).unwrap();
        assert_eq!(unpacked, bytes);
        let mut unpacked = flate2::write::GzDecoder::new(Vec::new());
        unpacked.write_all(&gzip(&bytes).unwrap()).unwrap();
        assert_eq!(unpacked.finish().unwrap(), bytes);
    }
}
