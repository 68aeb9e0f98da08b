//! The checks of a signed request, of either version.

use crate::client::Client;
use crate::crypto::CmsVerdict;
use crate::error::EsiaError;
use crate::keys::Registered;
use crate::params::Params;
use crate::state::Esia;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use time::OffsetDateTime;
use time::macros::format_description;

/// Which form of the protocol an endpoint speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// `/aas/oauth2/ac` and `/aas/oauth2/te`: `client_secret` is a CMS file.
    V1,
    /// `/aas/oauth2/v2/ac` and `/aas/oauth2/v3/te`: `client_secret` is a raw GOST signature.
    V2,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act<'a> {
    /// A code.
    Authorize,
    /// Tokens for this code.
    Code(&'a str),
    /// Tokens for this refresh token.
    Refresh(&'a str),
}

/// Checks `timestamp`, `client_certificate_hash` (v2) and `client_secret`.
pub(crate) fn check_signed(
    esia: &Esia,
    client: &Client,
    params: &Params,
    version: Version,
    act: Act<'_>,
) -> Result<(), EsiaError> {
    let now = esia.now();
    // ESIA takes a timestamp of another shape for a missing one: a raw `+` in the address has become a space.
    let at = parse_timestamp(params.required("timestamp")?)
        .ok_or_else(|| EsiaError::missing("timestamp"))?;
    if (at - now).abs() > esia.clock_window_s {
        return Err(EsiaError::request_time());
    }
    if !is_uuid(params.required("state")?) {
        return Err(EsiaError::malformed("state"));
    }
    let message = signed_text(params, version, act)?;
    let secret = params.required("client_secret")?;
    match version {
        Version::V1 => {
            let living: Vec<&[u8]> = client
                .certificates
                .iter()
                .filter(|registered| registered.valid_at(now))
                .map(|registered| registered.der.as_slice())
                .collect();
            let cms = decode_base64(secret).ok_or_else(EsiaError::client_secret)?;
            match esia
                .crypto
                .verify_cms(&living, message.as_bytes(), &cms)
                .map_err(EsiaError::internal)?
            {
                CmsVerdict::Good => Ok(()),
                CmsVerdict::Stranger => Err(EsiaError::certificate()),
                CmsVerdict::Bad => Err(EsiaError::client_secret()),
            }
        }
        Version::V2 => {
            let hash = match act {
                // One of the two known clients sends no hash when it refreshes.
                Act::Refresh(_) => params.optional("client_certificate_hash")?,
                _ => Some(params.required("client_certificate_hash")?),
            };
            let named = |registered: &&Registered| {
                registered.valid_at(now)
                    && hash.is_none_or(|hash| hash.eq_ignore_ascii_case(&registered.hash))
            };
            let signature = decode_base64(secret)
                .filter(|bytes| bytes.len() == 64)
                .ok_or_else(EsiaError::client_secret)?;
            for registered in client.certificates.iter().filter(named) {
                if esia
                    .crypto
                    .verify(&registered.der, message.as_bytes(), &signature)
                    .map_err(EsiaError::internal)?
                {
                    return Ok(());
                }
            }
            Err(EsiaError::client_secret())
        }
    }
}

/// A UUID in its text form: 8-4-4-4-12 hexadecimal digits.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The parameters whose values are signed, one after the other without separators.
fn signed_text(params: &Params, version: Version, act: Act<'_>) -> Result<String, EsiaError> {
    let names: &[&str] = match version {
        Version::V1 => &["scope", "timestamp", "client_id", "state"],
        Version::V2 => &["client_id", "scope", "scope_org", "timestamp", "state"],
    };
    let mut text = String::new();
    for name in names {
        text.push_str(match *name {
            "scope_org" => params.optional(name)?.unwrap_or_default(),
            _ => params.required(name)?,
        });
    }
    if version == Version::V2 {
        match (act, params.optional("redirect_uri")?) {
            // Both forms of the refresh request are in use.
            (Act::Refresh(token), None) => text.push_str(token),
            (_, Some(uri)) => text.push_str(uri),
            (_, None) => return Err(EsiaError::missing("redirect_uri")),
        }
        if let Act::Code(code) = act {
            text.push_str(code);
        }
    }
    Ok(text)
}

/// `2013.01.25 14:36:11 +0400` as seconds since 1970.
fn parse_timestamp(text: &str) -> Option<i64> {
    let format = format_description!(
        "[year].[month].[day] [hour]:[minute]:[second] [offset_hour sign:mandatory][offset_minute]"
    );
    Some(OffsetDateTime::parse(text, &format).ok()?.unix_timestamp())
}

/// Standard or URL-safe alphabet, padded or not.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [alphabet::URL_SAFE, alphabet::STANDARD]
        .iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_have_one_form() {
        assert_eq!(
            parse_timestamp("2013.01.25 14:36:11 +0400"),
            Some(1_359_110_171)
        );
        for wrong in [
            "2013.01.25 14:36:11  0400",
            "2013-01-25 14:36:11 +0400",
            "2013.01.25 14:36:11",
            "1359110171",
        ] {
            assert_eq!(parse_timestamp(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn four_spellings_of_base64() {
        for text in ["-_8=", "-_8", "+/8=", "+/8"] {
            assert_eq!(
                decode_base64(text).as_deref(),
                Some(&[0xfb, 0xff][..]),
                "{text}"
            );
        }
        assert_eq!(decode_base64("+_8="), None);
    }

    /// The four strings of the protocol, from parameters that name themselves.
    #[test]
    fn what_is_signed() {
        let params = |text: &str| Params::decode(text.as_bytes());
        let all = params("client_id=C&scope=S&timestamp=T&state=U&redirect_uri=R");
        let text = |params: &Params, version, act| signed_text(params, version, act).unwrap();
        assert_eq!(text(&all, Version::V1, Act::Authorize), "STCU");
        assert_eq!(text(&all, Version::V1, Act::Code("code")), "STCU");
        assert_eq!(text(&all, Version::V2, Act::Authorize), "CSTUR");
        assert_eq!(text(&all, Version::V2, Act::Code("code")), "CSTURcode");
        assert_eq!(text(&all, Version::V2, Act::Refresh("token")), "CSTUR");
        let short = params("client_id=C&scope=S&timestamp=T&state=U");
        assert_eq!(
            text(&short, Version::V2, Act::Refresh("token")),
            "CSTUtoken"
        );
        let of_organisation =
            params("client_id=C&scope=S&scope_org=O&timestamp=T&state=U&redirect_uri=R");
        assert_eq!(
            text(&of_organisation, Version::V2, Act::Authorize),
            "CSOTUR"
        );
    }
}
