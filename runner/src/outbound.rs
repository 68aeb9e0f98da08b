//! `allowed_outbound_hosts`: what a component may reach
//! (Spin: "Granting HTTP permissions to components").

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

use http::Uri;
use ip_network::IpNetwork;
use url::Host;

/// Name under which components call each other: `http://<id>.spin.internal`.
const CHAINING_SUFFIX: &str = ".spin.internal";
/// Name by which a component calls its own application.
const SELF_ALIAS: &str = "self.alt";

/// Why an entry is refused.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// Nothing before `://`.
    #[error("\"{0}\" does not contain a scheme (for example http:// or *://)")]
    NoScheme(String),
    /// A scheme with other characters than letters.
    #[error("\"{0}\": a scheme is letters or *")]
    Scheme(String),
    /// A path, a wildcard in the middle, or no name at all.
    #[error(
        "\"{0}\": the host must be a name, an address, a network, *, *.name or self, without a path"
    )]
    Host(String),
    /// A port that is no number, or none where the scheme has no usual one.
    #[error("\"{0}\": the port must be a number, a range such as 8000..9000 or *")]
    Port(String),
}

/// One entry of `allowed_outbound_hosts`.
#[derive(Debug, PartialEq, Eq)]
pub struct AllowedHost {
    /// None for `*`.
    scheme: Option<String>,
    host: HostPattern,
    /// None for `*`.
    port: Option<Range<u32>>,
}

#[derive(Debug, PartialEq, Eq)]
enum HostPattern {
    Any,
    Subdomain(String),
    Itself,
    Exact(Host),
    Network(IpNetwork),
}

/// Where a request of a component goes.
#[derive(Debug, PartialEq, Eq)]
pub enum Destination {
    /// Another component of the application, by id.
    Component(String),
    /// The application's own routes.
    Itself,
    /// A host outside.
    Remote,
}

/// Decides about a request; none when it is not permitted.
pub fn destination(uri: &Uri, allowed: &[AllowedHost]) -> Option<Destination> {
    let host = uri.host().unwrap_or_default();
    if host.is_empty() || host == SELF_ALIAS {
        return allowed
            .iter()
            .any(AllowedHost::permits_itself)
            .then_some(Destination::Itself);
    }
    if !allowed.iter().any(|entry| entry.permits(uri)) {
        return None;
    }
    match host.strip_suffix(CHAINING_SUFFIX) {
        Some(component) => Some(Destination::Component(component.to_owned())),
        None => Some(Destination::Remote),
    }
}

/// True for names that only the application itself may resolve.
pub fn is_internal(authority: &str) -> bool {
    authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host)
        .ends_with(CHAINING_SUFFIX)
}

impl AllowedHost {
    /// Parses `scheme://host[:port]`.
    ///
    /// # Errors
    /// [`HostError`] with the entry as written.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        let entry = text.trim();
        let (scheme, rest) = entry
            .split_once("://")
            .ok_or_else(|| HostError::NoScheme(entry.to_owned()))?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        // An IPv6 address has colons of its own, between brackets; a network has no brackets.
        let (host, port) = match rest.rsplit_once(':') {
            _ if IpNetwork::from_str_truncate(rest).is_ok() => (rest, ""),
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (rest, ""),
        };
        if scheme != "*" && (scheme.is_empty() || !scheme.bytes().all(|b| b.is_ascii_alphabetic()))
        {
            return Err(HostError::Scheme(entry.to_owned()));
        }
        Ok(Self {
            scheme: (scheme != "*").then(|| scheme.to_owned()),
            host: parse_host(host).ok_or_else(|| HostError::Host(entry.to_owned()))?,
            port: parse_port(port, scheme).ok_or_else(|| HostError::Port(entry.to_owned()))?,
        })
    }

    fn permits(&self, uri: &Uri) -> bool {
        let scheme = uri.scheme_str().unwrap_or("https");
        let Ok(host) = Host::parse(uri.host().unwrap_or_default()) else {
            return false;
        };
        let port = uri.port_u16().or_else(|| usual_port(scheme));
        self.permits_scheme(scheme) && self.permits_host(&host) && self.permits_port(port)
    }

    /// Whether a socket may be connected to an address. It has no name any more: only entries with `*`, an address or
    /// a network permit it, as in Spin.
    pub(crate) fn permits_address(&self, scheme: &str, address: SocketAddr) -> bool {
        let host = match address.ip() {
            IpAddr::V4(ip) => Host::Ipv4(ip),
            IpAddr::V6(ip) => Host::Ipv6(ip),
        };
        let port = Some(address.port());
        self.permits_scheme(scheme) && self.permits_host(&host) && self.permits_port(port)
    }

    fn permits_itself(&self) -> bool {
        let scheme = self.permits_scheme("http") || self.permits_scheme("https");
        scheme && matches!(self.host, HostPattern::Any | HostPattern::Itself)
    }

    fn permits_scheme(&self, scheme: &str) -> bool {
        self.scheme.as_deref().is_none_or(|own| own == scheme)
    }

    fn permits_host(&self, host: &Host) -> bool {
        match (&self.host, host) {
            (HostPattern::Any, _) => true,
            (HostPattern::Subdomain(suffix), Host::Domain(name)) => name.ends_with(suffix),
            (HostPattern::Exact(own), host) => own == host,
            (HostPattern::Network(network), Host::Ipv4(ip)) => network.contains(*ip),
            (HostPattern::Network(network), Host::Ipv6(ip)) => network.contains(*ip),
            (HostPattern::Network(_) | HostPattern::Subdomain(_) | HostPattern::Itself, _) => false,
        }
    }

    fn permits_port(&self, port: Option<u16>) -> bool {
        match (&self.port, port) {
            (None, _) => true,
            (Some(range), Some(port)) => range.contains(&u32::from(port)),
            (Some(_), None) => false,
        }
    }
}

fn parse_host(host: &str) -> Option<HostPattern> {
    match host {
        "*" => Some(HostPattern::Any),
        "self" | SELF_ALIAS => Some(HostPattern::Itself),
        _ if host.contains('/') => IpNetwork::from_str_truncate(host)
            .ok()
            .map(HostPattern::Network),
        _ => match host.strip_prefix("*.") {
            Some(domain) if domain.contains('*') => None,
            Some(domain) => match Host::parse(domain).ok()? {
                Host::Domain(domain) => Some(HostPattern::Subdomain(format!(".{domain}"))),
                Host::Ipv4(_) | Host::Ipv6(_) => None,
            },
            None if host.contains('*') => None,
            None => Host::parse(host).ok().map(HostPattern::Exact),
        },
    }
}

/// The outer option: whether it parses; the inner: none for any port.
#[expect(clippy::option_option, reason = "two different questions, used once")]
fn parse_port(port: &str, scheme: &str) -> Option<Option<Range<u32>>> {
    let single = |port: u16| u32::from(port)..u32::from(port) + 1;
    match port {
        "*" => Some(None),
        "" => usual_port(scheme).map(|port| Some(single(port))),
        _ => match port.split_once("..") {
            Some((first, end)) => {
                let (first, end): (u16, u16) = (first.parse().ok()?, end.parse().ok()?);
                Some(Some(u32::from(first)..u32::from(end)))
            }
            None => port.parse().ok().map(|port| Some(single(port))),
        },
    }
}

/// Ports that Spin fills in for a scheme.
fn usual_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        "postgres" => Some(5432),
        "mysql" => Some(3306),
        "redis" => Some(6379),
        "mqtt" => Some(1883),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goes(uri: &str, entries: &[&str]) -> Option<Destination> {
        let allowed: Vec<_> = entries
            .iter()
            .map(|e| AllowedHost::parse(e).unwrap())
            .collect();
        destination(&uri.parse().unwrap(), &allowed)
    }

    #[test]
    fn permitted_hosts_are_reached() {
        for (uri, entry) in [
            ("https://example.ru/a?b", "https://example.ru"),
            ("https://example.ru/", "https://example.ru/"),
            ("https://example.ru:443/", "https://example.ru"),
            ("http://example.ru:8080/", "http://example.ru:8080"),
            ("http://example.ru:8080/", "*://*:*"),
            ("https://a.b.example.ru/", "https://*.example.ru"),
            ("http://127.0.0.1:3001/", "http://127.0.0.1:3001"),
            ("http://[::1]:3001/", "http://[::1]:3001"),
            ("http://[::1]/", "http://[::1]"),
            ("http://localhost:8500/", "http://localhost:8000..9000"),
            ("https://EXAMPLE.ru/", "https://example.ru"),
            ("https://10.1.2.3/", "https://10.0.0.0/8"),
            ("http://10.1.2.3:8080/", "http://10.0.0.0/8:8080"),
            ("http://[fd00::1]:25/", "*://fd00::/8:25"),
        ] {
            assert_eq!(
                goes(uri, &[entry]),
                Some(Destination::Remote),
                "{uri} by {entry}"
            );
        }
    }

    #[test]
    fn others_are_denied() {
        for (uri, entry) in [
            ("http://example.ru/", "https://example.ru"),
            ("https://example.ru:8443/", "https://example.ru"),
            ("https://example.ru.evil.test/", "https://example.ru"),
            ("https://evilexample.ru/", "https://*.example.ru"),
            ("https://example.ru/", "https://*.example.ru"),
            ("https://example.ru@evil.test/", "https://example.ru"),
            ("http://localhost:9000/", "http://localhost:8000..9000"),
            ("http://vault.spin.internal/", "http://mis.spin.internal"),
            ("http://vault.spin.internal/", "http://self"),
            ("https://vault.spin.internal/", "http://vault.spin.internal"),
            ("/path", "https://example.ru"),
            ("https://11.1.2.3/", "https://10.0.0.0/8"),
            ("https://ten.example.ru/", "https://10.0.0.0/8"),
        ] {
            assert_eq!(goes(uri, &[entry]), None, "{uri} by {entry}");
        }
        assert_eq!(goes("https://example.ru/", &[]), None);
    }

    #[test]
    fn sockets_go_by_address() {
        let address: SocketAddr = "10.1.2.3:587".parse().unwrap();
        for (entry, permitted) in [
            ("*://*:587", true),
            ("tcp://10.1.2.3:587", true),
            ("tcp://10.1.0.0/16:587", true),
            ("tcp://10.1.2.3:465", false),
            ("tcp://10.1.2.4:587", false),
            ("udp://10.1.2.3:587", false),
            ("http://10.1.2.3:587", false),
            ("tcp://mail.example.ru:587", false),
        ] {
            let allowed = AllowedHost::parse(entry).unwrap();
            assert_eq!(
                allowed.permits_address("tcp", address),
                permitted,
                "{entry}"
            );
        }
    }

    #[test]
    fn components_and_the_application_itself() {
        let vault = Some(Destination::Component("vault".into()));
        assert_eq!(
            goes(
                "http://vault.spin.internal/x",
                &["http://vault.spin.internal"]
            ),
            vault
        );
        assert_eq!(
            goes("http://vault.spin.internal/x", &["http://*.spin.internal"]),
            vault
        );
        assert_eq!(goes("/own", &["http://self"]), Some(Destination::Itself));
        assert_eq!(
            goes("http://self.alt/own", &["http://self"]),
            Some(Destination::Itself)
        );
        assert!(is_internal("vault.spin.internal:80") && is_internal("vault.spin.internal"));
        assert!(!is_internal("spin.internal.example.ru"));
    }

    #[test]
    fn broken_entries_are_refused() {
        for (entry, reason) in [
            ("example.ru", "does not contain a scheme"),
            ("*", "does not contain a scheme"),
            ("ht-tp://example.ru", "a scheme is letters"),
            ("https://example.ru/path", "without a path"),
            ("https://*.*.ru", "without a path"),
            ("https://a*.ru", "without a path"),
            ("https://10.0.0.0/40", "without a path"),
            ("tcp://10.0.0.1", "the port must be"),
            ("*://example.ru", "the port must be"),
            ("https://example.ru:http", "the port must be"),
        ] {
            let message = AllowedHost::parse(entry).unwrap_err().to_string();
            assert!(message.contains(reason), "{entry}: {message}");
        }
    }
}
