//! The words of the SMS that carries the link.
//!
//! Anybody may look at a phone's screen: no name of a person, no title of a document.

use podpis_kit::store::outbox::LINK_TOKEN;
use podpis_shared::Timestamp;

/// Text for one document; the token takes its place when the message is sent.
pub(crate) fn link(clinic: &str, base_url: &str, expires_at: Timestamp) -> String {
    format!(
        "{clinic}: документ на подпись. {}",
        way(base_url, expires_at)
    )
}

/// Likewise, when the clinic reminds of it.
pub(crate) fn reminder(clinic: &str, base_url: &str, expires_at: Timestamp) -> String {
    format!(
        "{clinic}: документ ждёт вашей подписи. {}",
        way(base_url, expires_at)
    )
}

fn way(base_url: &str, expires_at: Timestamp) -> String {
    format!(
        "Откройте {base_url}/d/#{LINK_TOKEN} до {}. Ссылка только для вас, не пересылайте её.",
        expires_at.moscow_words()
    )
}
