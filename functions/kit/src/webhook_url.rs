//! Where events of a clinic may be pushed: https and public, so that nobody makes us ask our own network.
//!
//! Checked when it is registered and again before each request. What a name resolves to is the host's matter, who has to
//! refuse private addresses at the connection (`docs/webhooks.md`).

use podpis_shared::address::{is_public, is_public_name};
use std::net::IpAddr;
use url::{Host, Url};

/// Longest address, in bytes.
pub const URL_MAX: usize = 2000;

/// Names under which components reach each other; closed in a sandbox too.
const OUR_OWN: [&str; 2] = [".spin.internal", "self.alt"];

/// An address that may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookUrl {
    /// As it is called: normalised, so that every form of a number is the address that it means.
    pub url: String,
    /// Scheme, host and port: what limits count by.
    pub origin: String,
}

/// Reads an address. `sandbox`: http and local receivers are taken too.
///
/// # Errors
/// What is wrong with it, for the clinic's developer.
pub fn parse(text: &str, sandbox: bool) -> Result<WebhookUrl, &'static str> {
    if text.len() > URL_MAX {
        return Err("url is longer than 2000 bytes");
    }
    let url = Url::parse(text).map_err(|_| "url is not an absolute address")?;
    if url.scheme() != "https" && !(sandbox && url.scheme() == "http") {
        return Err("url must be https");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("url must have no user name and no password");
    }
    if url.fragment().is_some() {
        return Err("url must have no fragment");
    }
    let host = url.host().ok_or("url names no host")?;
    let (public, ours) = match &host {
        Host::Ipv4(address) => (is_public(IpAddr::V4(*address)), false),
        Host::Ipv6(address) => (is_public(IpAddr::V6(*address)), false),
        Host::Domain(name) => (is_public_name(name), is_ours(name)),
    };
    if ours || !(public || sandbox) {
        return Err("url must lead to a public host");
    }
    Ok(WebhookUrl {
        origin: url.origin().ascii_serialization(),
        url: url.into(),
    })
}

fn is_ours(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    OUR_OWN.iter().any(|own| name.ends_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken() {
        for (text, url, origin) in [
            (
                "https://mis.example.ru/hook?a=b",
                "https://mis.example.ru/hook?a=b",
                "https://mis.example.ru",
            ),
            (
                "https://MIS.example.ru:8443",
                "https://mis.example.ru:8443/",
                "https://mis.example.ru:8443",
            ),
            (
                "https://клиника.рф/",
                "https://xn--80apagcdp.xn--p1ai/",
                "https://xn--80apagcdp.xn--p1ai",
            ),
            ("https://8.8.8.8/", "https://8.8.8.8/", "https://8.8.8.8"),
        ] {
            let read = parse(text, false).unwrap();
            assert_eq!((read.url.as_str(), read.origin.as_str()), (url, origin));
        }
        assert!(parse("http://localhost:8080/hook", true).is_ok());
        assert!(parse("http://127.0.0.1:8080/hook", true).is_ok());
    }

    #[test]
    fn what_is_refused() {
        for text in [
            "",
            "mis.example.ru",
            "/hook",
            "ftp://example.ru",
            "http://mis.example.ru/",
            "https://u:p@example.ru/",
            "https://u@example.ru/",
            "https://example.ru/#a",
            "https://localhost/",
            "https://localhost./",
            "https://mis/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://100.64.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:a00:1]/",
            "https://[fe80::1]/",
            "https://[fd00:ec2::254]/",
            "https://[64:ff9b::a00:1]/",
            "https://metadata.google.internal/",
            "https://vault.spin.internal/",
            "https://self.alt/",
            "https://127。0。0。1/",
            "https://①②⑦.0.0.1/",
        ] {
            assert!(parse(text, false).is_err(), "{text}");
        }
        for text in [
            "http://vault.spin.internal/tick",
            "http://VAULT.spin.internal./",
            "http://self.alt/",
        ] {
            assert!(parse(text, true).is_err(), "{text}");
        }
    }
}
