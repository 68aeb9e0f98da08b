//! What is registered of a client: its mnemonic, its domains, its certificates.

use crate::keys::Registered;
use axum::http::Uri;

/// A registered system.
pub(crate) struct Client {
    /// Mnemonic.
    pub(crate) id: String,
    /// Main domains that `redirect_uri` may lead to; sub-domains and paths are implied.
    pub(crate) redirect_hosts: Vec<String>,
    /// What its requests may be signed with.
    pub(crate) certificates: Vec<Registered>,
}

impl Client {
    /// Whether answers may be sent there: `https`, or plain `http` for this machine and numeric addresses.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_registered_domains_are_trusted() {
        let client = Client {
            id: "PODPIS".into(),
            redirect_hosts: vec!["localhost".into(), "sign.example.ru".into()],
            certificates: Vec::new(),
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
}
