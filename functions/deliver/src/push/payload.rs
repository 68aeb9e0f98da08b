//! What a push message holds: a title, a sentence, and where a click leads. Nothing of a person.

use podpis_shared::Timestamp;
use podpis_shared::hash::sha256_hex;
use serde::Serialize;

/// Longest time that a push service keeps a message, in seconds: four weeks, as the largest of them allows.
const KEPT_MAX: i64 = 28 * 24 * 3600;

/// How long it keeps a message that asks for nothing, in seconds: a week.
const KEPT: i64 = 7 * 24 * 3600;

/// The JSON that the page's service worker reads (`web-app/account-sw.js`).
#[derive(Serialize)]
pub(crate) struct Payload<'a> {
    pub(crate) title: &'a str,
    pub(crate) body: &'a str,
    /// A page of this installation.
    pub(crate) path: String,
    /// A later message about the same document takes this one's place on the screen.
    pub(crate) tag: &'a str,
}

/// Where the document of a notice is read.
pub(crate) fn path(document_id: &str) -> String {
    format!("/account/document#{document_id}")
}

/// For how long a push service may keep a message (RFC 8030 section 5.2): what asks to sign is pointless after the
/// document's end.
pub(crate) fn ttl(asks_to_sign: bool, expires_at: Timestamp, now: Timestamp) -> i64 {
    if asks_to_sign {
        (expires_at.unix() - now.unix()).clamp(0, KEPT_MAX)
    } else {
        KEPT
    }
}

/// How much a sleeping phone is disturbed (RFC 8030 section 5.3): by what can't wait, and by a signature that may be
/// somebody else's.
pub(crate) fn urgency(notice: Option<&str>) -> &'static str {
    match notice {
        Some("deadline" | "signed") => "high",
        _ => "normal",
    }
}

/// Of several messages about a document that wait for a phone, the newest is enough (RFC 8030 section 5.4). A hash, so that
/// the service learns no id, and can't tell that two browsers are told of the same document.
pub(crate) fn topic(endpoint: &str, document_id: &str) -> String {
    let mut topic = sha256_hex(format!("podpis-topic/1 {document_id} {endpoint}").as_bytes());
    topic.truncate(32);
    topic
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_as_long_as_it_is_of_use() {
        let now = Timestamp::from_unix(1_795_000_000);
        assert_eq!(ttl(true, now.plus(3600), now), 3600);
        assert_eq!(ttl(true, now.plus(-1), now), 0);
        assert_eq!(ttl(true, now.plus(90 * 86_400), now), KEPT_MAX);
        assert_eq!(ttl(false, now.plus(-1), now), KEPT);
    }

    #[test]
    fn a_topic_is_of_a_browser_and_a_document() {
        let one = topic("https://push.example/1", "doc_1");
        assert!(one.len() == 32 && one.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert_eq!(one, topic("https://push.example/1", "doc_1"));
        assert_ne!(one, topic("https://push.example/2", "doc_1"));
        assert_ne!(one, topic("https://push.example/1", "doc_2"));
    }
}
