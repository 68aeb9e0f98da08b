//! A logo comes from outside: only its pixels are kept, in a file that we write ourselves.

use png::{BitDepth, Compression, Decoder, Encoder, Filter, Limits, Transformations};
use podpis_kit::store::branding::NewLogo;
use podpis_shared::branding::{LOGO_MAX, LOGO_SIDE_MAX, LOGO_SIDE_MIN};
use podpis_shared::hash::sha256_hex;
use std::io::Cursor;

/// What every PNG begins with.
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Memory that decoding may take, in bytes; the largest logo takes 4 MiB.
const MEMORY_MAX: usize = 8 * 1024 * 1024;

/// Largest file that we write, in bytes: pages load it on the phone.
const WRITTEN_MAX: usize = 512 * 1024;

/// Why a logo can't be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LogoError {
    NotPng,
    TooLarge,
    Size(u32, u32),
    Broken(String),
    TooRich,
}

/// Decodes a PNG and writes its pixels anew: no texts, profiles, animation, nor anything behind the picture is left.
pub(super) fn written_anew(bytes: &[u8]) -> Result<NewLogo, LogoError> {
    if !bytes.starts_with(SIGNATURE) {
        return Err(LogoError::NotPng);
    }
    if bytes.len() > LOGO_MAX {
        return Err(LogoError::TooLarge);
    }
    let broken = |e: png::DecodingError| LogoError::Broken(e.to_string());
    let limits = Limits { bytes: MEMORY_MAX };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let header = decoder.read_header_info().map_err(broken)?;
    let (width, height) = (header.width, header.height);
    let right = |side: u32| (LOGO_SIDE_MIN..=LOGO_SIDE_MAX).contains(&side);
    if !right(width) || !right(height) {
        return Err(LogoError::Size(width, height));
    }
    let mut reader = decoder.read_info().map_err(broken)?;
    let size = reader
        .output_buffer_size()
        .filter(|size| *size <= MEMORY_MAX);
    let mut pixels = vec![0; size.ok_or(LogoError::Size(width, height))?];
    let frame = reader.next_frame(&mut pixels).map_err(broken)?;
    if (frame.width, frame.height) != (width, height) {
        return Err(LogoError::Broken(
            "the picture has another size than its header says".into(),
        ));
    }
    pixels.truncate(frame.buffer_size());
    let png = written(&pixels, width, height, frame.color_type)
        .map_err(|e| LogoError::Broken(e.to_string()))?;
    if png.len() > WRITTEN_MAX {
        return Err(LogoError::TooRich);
    }
    Ok(NewLogo {
        sha256: sha256_hex(&png),
        width,
        height,
        png,
    })
}

fn written(
    pixels: &[u8],
    width: u32,
    height: u32,
    color: png::ColorType,
) -> Result<Vec<u8>, png::EncodingError> {
    let mut png = Vec::new();
    let mut encoder = Encoder::new(&mut png, width, height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    encoder.set_filter(Filter::Adaptive);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(png)
}

impl std::fmt::Display for LogoError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotPng => f.write_str("it is not a PNG; no other format is taken"),
            Self::TooLarge => write!(f, "it has more than {} KiB", LOGO_MAX / 1024),
            Self::Size(width, height) => write!(
                f,
                "each side has {LOGO_SIDE_MIN} to {LOGO_SIDE_MAX} pixels, not {width} x {height}"
            ),
            Self::Broken(how) => write!(f, "it can't be read: {how}"),
            Self::TooRich => write!(
                f,
                "written anew it has more than {} KiB; a logo is simpler",
                WRITTEN_MAX / 1024
            ),
        }
    }
}
