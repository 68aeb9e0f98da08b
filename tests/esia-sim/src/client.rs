//! What is registered of the client, and the checks of its signed requests.

use crate::error::EsiaError;
use crate::keys::Keys;
use crate::params::Params;
use axum::http::Uri;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Verifier as _;
use time::OffsetDateTime;
use time::macros::format_description;

/// How far the time of a request may be off, in seconds to either side.
pub(crate) const REQUEST_WINDOW_S: i64 = 600;

/// Person scopes that the simulator knows.
pub(crate) const SCOPES: &[&str] = &[
    "openid",
    "fullname",
    "birthdate",
    "gender",
    "snils",
    "inn",
    "email",
    "mobile",
];

/// Our registration at ESIA.
pub(crate) struct Client {
    /// Mnemonic.
    pub(crate) id: String,
    /// Main domains that `redirect_uri` may lead to; sub-domains and paths are implied.
    pub(crate) redirect_hosts: Vec<String>,
}

impl Client {
    /// Whether answers may be sent there: `https`, or plain `http` for this machine and its numeric addresses.
    pub(crate) fn trusts(&self, redirect_uri: &str) -> bool {
        let Ok(uri) = redirect_uri.parse::<Uri>() else {
            return false;
        };
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return false;
        };
        let host = authority.host().to_ascii_lowercase();
        let local = host == "localhost"
            || host
                .trim_matches(['[', ']'])
                .parse::<std::net::IpAddr>()
                .is_ok();
        let registered = |name: &String| {
            host == *name
                || (!local
                    && host
                        .strip_suffix(name.as_str())
                        .is_some_and(|sub| sub.ends_with('.')))
        };
        (scheme == "https" || (scheme == "http" && local))
            && !authority.as_str().contains('@')
            && !redirect_uri.contains('#')
            && self.redirect_hosts.iter().any(registered)
    }
}

/// Checks `timestamp`, `client_certificate_hash` and `client_secret` over the parameters
/// `client_id‖scope‖timestamp‖state‖redirect_uri`, then `code` where there is one.
pub(crate) fn check_signed(
    params: &Params,
    keys: &Keys,
    now: i64,
    code: Option<&str>,
) -> Result<(), EsiaError> {
    let timestamp = params.required("timestamp")?;
    // ESIA takes a timestamp of another shape for a missing one.
    let at = parse_timestamp(timestamp).ok_or_else(|| EsiaError::missing("timestamp"))?;
    if (at - now).abs() > REQUEST_WINDOW_S {
        return Err(EsiaError::request_time());
    }
    let mut message = String::new();
    for name in ["client_id", "scope", "timestamp", "state", "redirect_uri"] {
        message.push_str(params.required(name)?);
    }
    message.push_str(code.unwrap_or_default());

    if !params
        .required("client_certificate_hash")?
        .eq_ignore_ascii_case(&keys.client_hash)
    {
        return Err(EsiaError::client_secret());
    }
    let secret =
        decode_base64(params.required("client_secret")?).ok_or_else(EsiaError::client_secret)?;
    let signature = Signature::from_slice(&secret).map_err(|_| EsiaError::client_secret())?;
    keys.client
        .verify(message.as_bytes(), &signature)
        .map_err(|_| EsiaError::client_secret())
}

/// The scopes asked for, all of them known, `openid` among them.
pub(crate) fn check_scope(scope: &str) -> Result<Vec<String>, EsiaError> {
    let scopes: Vec<String> = scope.split(' ').map(str::to_owned).collect();
    let known = scopes.iter().all(|scope| SCOPES.contains(&scope.as_str()));
    if known && scopes.iter().any(|scope| scope == "openid") {
        Ok(scopes)
    } else {
        Err(EsiaError::scope())
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
    fn only_registered_domains_are_trusted() {
        let client = Client {
            id: "PODPIS".into(),
            redirect_hosts: vec!["localhost".into(), "sign.example.ru".into()],
        };
        for right in [
            "http://localhost:3000/esia/callback",
            "https://sign.example.ru/esia/callback",
            "https://a.sign.example.ru/",
        ] {
            assert!(client.trusts(right), "{right}");
        }
        for wrong in [
            "http://sign.example.ru/",
            "https://evilsign.example.ru/",
            "https://sign.example.ru.evil.ru/",
            "https://sign.example.ru@evil.ru/",
            "https://evil.ru/?sign.example.ru",
            "https://sign.example.ru/#x",
            "http://127.0.0.1:3000/",
            "http://evil.localhost.ru/",
            "javascript:alert(1)",
            "/esia/callback",
            "",
        ] {
            assert!(!client.trusts(wrong), "{wrong}");
        }
    }

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

    #[test]
    fn scopes_are_known_ones_with_openid() {
        assert!(check_scope("openid fullname").is_ok());
        for wrong in ["fullname", "openid id_doc_secret", "openid  fullname", ""] {
            assert_eq!(
                check_scope(wrong).unwrap_err().code,
                "ESIA-007006",
                "{wrong}"
            );
        }
    }
}
