//! The compressed forms that lie beside a file: brotli and gzip, made once for each content.

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

/// How much time may go into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Seconds for the whole site: for trying and testing.
    Quick,
    /// Over a minute, for a tenth fewer bytes to a phone: for what is deployed and measured.
    Best,
}

/// Writes `<path>.br` and `<path>.gz` where they are smaller than `bytes`.
pub(super) fn beside(path: &Path, bytes: &[u8], cache: &Path, effort: Effort) -> Result<()> {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    if ALREADY_COMPRESSED.contains(&extension) {
        return Ok(());
    }
    for (suffix, compress) in [("br", brotli as Compress), ("gz", gzip)] {
        let best = cache.join(format!("{}.{suffix}", short_hash(bytes)));
        let place = match effort {
            Effort::Quick if !best.is_file() => best.with_extension(format!("quick.{suffix}")),
            _ => best,
        };
        let compressed = cached(&place, || compress(bytes, effort))?;
        if compressed.len() < bytes.len() {
            let mut name = path.as_os_str().to_owned();
            name.push(format!(".{suffix}"));
            write_if_changed(Path::new(&name), &compressed)?;
        }
    }
    Ok(())
}

type Compress = fn(&[u8], Effort) -> Result<Vec<u8>>;

fn cached(path: &Path, compress: impl Fn() -> Result<Vec<u8>>) -> Result<Vec<u8>> {
    if let Ok(ready) = fs::read(path) {
        return Ok(ready);
    }
    let compressed = compress()?;
    // Renamed into place: an interrupted build leaves no half of a file under a content's name.
    let unfinished = path.with_extension("unfinished");
    write_if_changed(&unfinished, &compressed)?;
    fs::rename(&unfinished, path)?;
    Ok(compressed)
}

fn brotli(mut bytes: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let params = BrotliEncoderParams {
        quality: match effort {
            Effort::Quick => 9,
            Effort::Best => 11,
        },
        lgwin: WINDOW,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut bytes, &mut out, &params)?;
    Ok(out)
}

fn gzip(bytes: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let level = match effort {
        Effort::Quick => Compression::default(),
        Effort::Best => Compression::best(),
    };
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_come_back_to_the_same_bytes() {
        let bytes = "подпись ".repeat(500).into_bytes();
        for effort in [Effort::Quick, Effort::Best] {
            let mut unpacked = Vec::new();
            let packed = brotli(&bytes, effort).unwrap();
            brotli::BrotliDecompress(&mut packed.as_slice(), &mut unpacked).unwrap();
            assert_eq!(unpacked, bytes);
            let mut unpacked = flate2::write::GzDecoder::new(Vec::new());
            unpacked.write_all(&gzip(&bytes, effort).unwrap()).unwrap();
            assert_eq!(unpacked.finish().unwrap(), bytes);
        }
    }
}
