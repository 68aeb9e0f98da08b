//! One-time codes of a program on the phone: RFC 6238 over HMAC-SHA-1, 30 seconds, six digits; what every such program knows.

use hmac::{Hmac, Mac as _};
use podpis_kit::{Failure, Result, random};
use podpis_shared::Sensitive;
use podpis_shared::Timestamp;
use podpis_shared::wire::staff::NewTotp;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use sha1::Sha1;
use std::fmt::Write as _;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Seconds that a code is shown for.
const STEP_S: i64 = 30;

/// Steps before and after the running one that pass too: clocks differ, people type slowly.
const SKEW: i64 = 1;

const DIGITS: usize = 6;

/// Length of a secret in bytes, as RFC 4226 asks for.
const SECRET_BYTES: usize = 20;

/// Letters of Base32 (RFC 4648).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Least width and height of the image, in pixels.
const QR_SIDE: u32 = 240;

/// A new secret in Base32.
///
/// # Errors
/// Where the host gives no randomness.
pub(crate) fn secret() -> Result<Zeroizing<String>> {
    let bytes = Zeroizing::new(random::bytes::<SECRET_BYTES>()?);
    Ok(Zeroizing::new(to_base32(&*bytes)))
}

/// The step whose code was typed, within what passes at this time; white space does not count.
pub(crate) fn step_of(secret: &str, typed: &str, now: Timestamp) -> Option<i64> {
    let key = Zeroizing::new(from_base32(secret)?);
    let typed: Zeroizing<String> =
        Zeroizing::new(typed.chars().filter(|c| !c.is_whitespace()).collect());
    let running = now.unix().div_euclid(STEP_S);
    let is_it = |step: &i64| {
        let code = code(&key, *step).map(Zeroizing::new);
        code.is_some_and(|code| bool::from(code.as_bytes().ct_eq(typed.as_bytes())))
    };
    // All of them, whichever is right.
    let right: Vec<i64> = (running - SKEW..=running + SKEW).filter(is_it).collect();
    right.last().copied()
}

/// What the console shows of a new secret.
///
/// # Errors
/// 500 where it fits no QR code.
pub(crate) fn shown(secret: &str, email: &str, issuer: &str) -> Result<NewTotp> {
    let uri = uri(secret, email, issuer);
    let code = QrCode::with_error_correction_level(&uri, EcLevel::M)
        .map_err(|e| Failure::internal("qr", e.to_string()))?;
    let svg = code
        .render::<svg::Color<'_>>()
        .min_dimensions(QR_SIDE, QR_SIDE)
        .build();
    // The page has it inside its own markup.
    let svg = svg.split_once("?>").map_or(svg.as_str(), |(_, svg)| svg);
    Ok(NewTotp {
        secret: Sensitive::new(in_groups(secret)),
        qr_svg: Sensitive::new(svg.to_owned()),
        uri: Sensitive::new(uri),
    })
}

/// The key of a program on the phone: the de facto form of Google's Authenticator.
fn uri(secret: &str, email: &str, issuer: &str) -> String {
    let (email, issuer) = (percent(email), percent(issuer));
    format!(
        "otpauth://totp/{issuer}:{email}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_S}"
    )
}

fn in_groups(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    let groups = letters.chunks(4).map(|group| group.iter().collect());
    groups.collect::<Vec<String>>().join(" ")
}

/// RFC 4226, 5.3.
fn code(key: &[u8], step: i64) -> Option<String> {
    let mut mac = <Hmac<Sha1>>::new_from_slice(key).ok()?;
    mac.update(&u64::try_from(step).ok()?.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash.last()? & 0x0f);
    let four: [u8; 4] = hash.get(offset..offset + 4)?.try_into().ok()?;
    let number = u32::from_be_bytes(four) & 0x7fff_ffff;
    Some(format!("{:0DIGITS$}", number % 1_000_000))
}

fn to_base32(bytes: &[u8]) -> String {
    let (mut text, mut held, mut bits) = (String::new(), 0u32, 0u32);
    for byte in bytes {
        held = (held << 8 | u32::from(*byte)) & 0xfff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(BASE32[(held >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(BASE32[(held << (5 - bits) & 31) as usize]));
    }
    text
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0u32, 0u32);
    for letter in text.bytes() {
        let value = BASE32.iter().position(|known| *known == letter)?;
        held = (held << 5 | u32::try_from(value).ok()?) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    Some(bytes)
}

/// RFC 3986: all but unreserved characters.
fn percent(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `12345678901234567890`, the secret of the RFCs.
    const RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(unix: i64) -> Timestamp {
        Timestamp::from_unix(unix)
    }

    /// RFC 4226, appendix D.
    #[test]
    fn vectors_of_hotp() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (step, expected) in (0..).zip(codes) {
            assert_eq!(
                code(b"12345678901234567890", step).as_deref(),
                Some(expected)
            );
        }
    }

    /// RFC 6238, appendix B, the last six of its eight digits.
    #[test]
    fn vectors_of_totp() {
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step_of(RFC, code, at(time)), Some(time / 30), "{time}");
        }
    }

    #[test]
    fn a_step_before_and_after_and_no_more() {
        let time = 1_111_111_111;
        let step = time / 30;
        for (later, passes) in [
            (-60, false),
            (-30, true),
            (0, true),
            (30, true),
            (60, false),
        ] {
            let found = step_of(RFC, "050471", at(time + later));
            assert_eq!(found, passes.then_some(step), "{later}");
        }
        assert_eq!(step_of(RFC, " 050 471 ", at(time)), Some(step));
        for wrong in ["", "050472", "50471", "0504710", "٠٥٠٤٧١"] {
            assert_eq!(step_of(RFC, wrong, at(time)), None, "{wrong}");
        }
    }

    /// RFC 4648, section 10, without padding.
    #[test]
    fn base32() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(to_base32(plain.as_bytes()), encoded);
            assert_eq!(from_base32(encoded).unwrap(), plain.as_bytes());
        }
        assert_eq!(from_base32("MZXW1"), None);
        let secret = secret().unwrap();
        assert_eq!(secret.len(), 32);
        assert_eq!(from_base32(&secret).unwrap().len(), SECRET_BYTES);
    }

    #[test]
    fn what_the_phone_reads() {
        let shown = shown(RFC, "i+1@example.ru", "Подпись: тест").unwrap();
        assert_eq!(
            shown.uri.expose(),
            "otpauth://totp/%D0%9F%D0%BE%D0%B4%D0%BF%D0%B8%D1%81%D1%8C%3A%20%D1%82%D0%B5%D1%81%D1%82:i%2B1%40example.ru\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%D0%9F%D0%BE%D0%B4%D0%BF%D0%B8%D1%81%D1%8C%3A%20\
             %D1%82%D0%B5%D1%81%D1%82&algorithm=SHA1&digits=6&period=30"
        );
        assert!(shown.qr_svg.expose().starts_with("<svg "));
        assert!(shown.qr_svg.expose().ends_with("</svg>"));
        assert!(!shown.qr_svg.expose().contains("<script"));
        assert_eq!(
            shown.secret.expose(),
            "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
        );
    }
}
