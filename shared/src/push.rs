//! Push services of browsers (RFC 8030): where a push message may go.
//!
//! The address of a subscription comes from a browser, so from anybody. A message goes to the services that browsers in use
//! have, and to one more that the operator names; what is no address of these is refused, so that nobody can make us call
//! a host of theirs or one inside our network.

/// Hosts of known services; with a dot in front, every host under it.
///
/// Chrome, Edge on Android, Opera, Yandex and Samsung by FCM; Firefox; Safari; Edge on Windows.
pub const SERVICES: [&str; 4] = [
    "fcm.googleapis.com",
    ".push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
];

/// Longest address of a subscription, in bytes.
pub const ENDPOINT_MAX: usize = 1000;

/// A name that exists nowhere (RFC 2606): "no further service".
const NOWHERE: &str = ".invalid";

/// The origin of a subscription's address, as RFC 8292 wants it for `aud`: `https://host`, without a usual port.
///
/// `None` for what is no https address with a path, and for a name or port written another way than browsers do.
pub fn origin(endpoint: &str) -> Option<&str> {
    let origin = split(endpoint, "https://")?;
    // An own port would have to be listed, too: browsers' services have none.
    let host = origin.strip_prefix("https://")?;
    is_name(host).then_some(origin)
}

/// The origin of a subscription's address where a message may go there: to one of [`SERVICES`], or to `more`, the origin
/// that the operator has named (`http` is allowed there, for a service beside us; empty or under `.invalid`: none).
pub fn allowed<'a>(endpoint: &'a str, more: &str) -> Option<&'a str> {
    if let Some(origin) = named_by_operator(endpoint, more) {
        return Some(origin);
    }
    let origin = origin(endpoint)?;
    let host = origin.strip_prefix("https://")?;
    let known = |service: &&'static str| match service.strip_prefix('.') {
        Some(parent) => host
            .strip_suffix(parent)
            .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => host == *service,
    };
    SERVICES.iter().any(known).then_some(origin)
}

/// The origin of a subscription's address where it is the operator's own further service.
pub fn named_by_operator<'a>(endpoint: &'a str, more: &str) -> Option<&'a str> {
    let more = more.trim_end_matches('/');
    if more.is_empty() || more.ends_with(NOWHERE) {
        return None;
    }
    let origin = split(endpoint, "https://").or_else(|| split(endpoint, "http://"))?;
    (origin == more).then_some(origin)
}

/// Scheme and authority, where a path follows and nothing odd is in it.
fn split<'a>(endpoint: &'a str, scheme: &str) -> Option<&'a str> {
    let plain = endpoint.len() <= ENDPOINT_MAX && endpoint.bytes().all(|b| b.is_ascii_graphic());
    let rest = endpoint.strip_prefix(scheme).filter(|_| plain)?;
    let length = rest.find(['/', '?', '#', '\\', '@'])?;
    if !rest.get(length..)?.starts_with('/') {
        return None;
    }
    endpoint.get(..scheme.len() + length)
}

/// A name of several labels in lower case; no address in digits.
fn is_name(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let top = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && host.split('.').all(label) && top.bytes().all(|b| b.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_of_browsers() {
        for (endpoint, origin) in [
            (
                "https://fcm.googleapis.com/fcm/send/abc:def",
                "https://fcm.googleapis.com",
            ),
            (
                "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
                "https://updates.push.services.mozilla.com",
            ),
            (
                "https://web.push.apple.com/QABC",
                "https://web.push.apple.com",
            ),
            (
                "https://wns2-par02p.notify.windows.com/w/?token=BQY%3d",
                "https://wns2-par02p.notify.windows.com",
            ),
        ] {
            assert_eq!(allowed(endpoint, ""), Some(origin), "{endpoint}");
        }
    }

    #[test]
    fn no_other_host() {
        for endpoint in [
            "http://fcm.googleapis.com/fcm/send/abc",
            "https://fcm.googleapis.com",
            "https://fcm.googleapis.com:8443/x",
            "https://fcm.googleapis.com.evil.example/x",
            "https://fcm.googleapis.com@evil.example/x",
            "https://evil.example\\@fcm.googleapis.com/x",
            "https://evil.example#.push.apple.com/x",
            "https://evil.example?.push.apple.com/x",
            "https://push.apple.com/x",
            "https://.push.apple.com/x",
            "https://notpush.apple.com/x",
            "https://web.push.apple.com./x",
            "https://WEB.push.apple.com/x",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://169.254.169.254/latest/meta-data",
            "https://localhost/x",
            "https://10.0.0.1.push.apple.com /x",
            "https://push.invalid/x",
            "",
        ] {
            assert_eq!(allowed(endpoint, ""), None, "{endpoint}");
            assert_eq!(
                allowed(endpoint, "https://push.invalid"),
                None,
                "{endpoint}"
            );
        }
        let long = format!("https://fcm.googleapis.com/{}", "a".repeat(ENDPOINT_MAX));
        assert_eq!(allowed(&long, ""), None);
    }

    #[test]
    fn one_more_by_the_operator() {
        let more = "http://localhost:4000/";
        let endpoint = "http://localhost:4000/push/1";
        assert_eq!(allowed(endpoint, more), Some("http://localhost:4000"));
        for other in [
            "http://localhost:4001/push/1",
            "https://localhost:4000/push/1",
            "http://localhost:4000",
            "http://localhost:4000@evil.example/x",
            "http://localhost:40001/x",
        ] {
            assert_eq!(allowed(other, more), None, "{other}");
        }
    }

    #[test]
    fn origins() {
        assert_eq!(
            origin("https://push.example/a"),
            Some("https://push.example")
        );
        for not in [
            "https://push/a",
            "https://1.2.3.4/a",
            "https://0x7f.1/a",
            "https://a..b/c",
            "https://a.b:443/c",
        ] {
            assert_eq!(origin(not), None, "{not}");
        }
    }
}
