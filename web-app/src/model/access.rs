//! By what right the page works: a link, a document of the personal account, or a clinic's agreement.

use podpis_shared::wire::account::{AGREEMENT_HEADER, DOCUMENT_HEADER};
use podpis_shared::wire::patient::LINK_HEADER;

/// Where the personal account is.
pub(crate) const ACCOUNT: &str = "/account";

/// Longest id that is taken out of an address.
const ID_MAX: usize = 64;

/// The right, with what names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// `/d/#<token>`: a link by SMS.
    Link(String),
    /// `/account/document#<document id>`.
    Document(String),
    /// `/account/agreement#<clinic id>`: to be read and accepted.
    Agreement(String),
}

/// Where the page stands, which decides its words and its way out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// A link by SMS.
    #[default]
    Link,
    /// A document of the account.
    Document,
    /// A clinic's agreement, in the account.
    Agreement,
}

impl Access {
    /// From the header that `boot.js` chose by the address.
    pub(crate) fn of(header: &str, value: String) -> Option<Self> {
        let is = |name: &str| header.eq_ignore_ascii_case(name);
        match () {
            () if is(LINK_HEADER) => Some(Self::Link(value)),
            () if is(DOCUMENT_HEADER) => Some(Self::Document(value)),
            () if is(AGREEMENT_HEADER) => Some(Self::Agreement(value)),
            () => None,
        }
    }

    /// The header that every request carries.
    pub(crate) const fn header(&self) -> &'static str {
        match self {
            Self::Link(_) => LINK_HEADER,
            Self::Document(_) => DOCUMENT_HEADER,
            Self::Agreement(_) => AGREEMENT_HEADER,
        }
    }

    /// The header's value.
    pub(crate) fn value(&self) -> &str {
        let (Self::Link(value) | Self::Document(value) | Self::Agreement(value)) = self;
        value
    }
}

impl Place {
    /// By the address's path.
    pub(crate) fn of_path(path: &str) -> Self {
        match path.trim_end_matches('/') {
            "/account/document" => Self::Document,
            "/account/agreement" => Self::Agreement,
            _ => Self::Link,
        }
    }

    /// Within the personal account.
    pub(crate) const fn is_account(self) -> bool {
        matches!(self, Self::Document | Self::Agreement)
    }
}

/// The address of a document of the account.
pub(crate) fn document_address(id: &str) -> String {
    format!("{ACCOUNT}/document#{id}")
}

/// The address of a clinic's agreement; afterwards the person goes on with the document that asked for it.
pub(crate) fn agreement_address(clinic: &str, document: Option<&str>) -> String {
    let back = document.map_or_else(String::new, |id| format!("&{BACK}={id}"));
    format!("{ACCOUNT}/agreement#{clinic}{back}")
}

/// Where the person goes after accepting the agreement whose address has this fragment.
pub(crate) fn after_acceptance(fragment: &str) -> String {
    let mut pairs = fragment.split('&').filter_map(|pair| pair.split_once('='));
    let document = pairs.find_map(|(name, id)| (name == BACK && is_id(id)).then_some(id));
    document.map_or_else(|| format!("{ACCOUNT}#accepted"), document_address)
}

/// In the fragment of an agreement: the document that asked for it.
const BACK: &str = "document";

/// An id as ours are, so that nothing else gets into an address.
fn is_id(text: &str) -> bool {
    (1..=ID_MAX).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_right_has_its_header() {
        for header in ["Podpis-Link", "Podpis-Document", "Podpis-Agreement"] {
            let access = Access::of(header, "x1".into()).unwrap();
            assert!(access.header().eq_ignore_ascii_case(header));
            assert_eq!(access.value(), "x1");
        }
        assert_eq!(Access::of("Cookie", "x".into()), None);
    }

    #[test]
    fn places_by_path() {
        assert_eq!(Place::of_path("/d/"), Place::Link);
        assert_eq!(Place::of_path("/account/document"), Place::Document);
        assert_eq!(Place::of_path("/account/agreement/"), Place::Agreement);
    }

    #[test]
    fn from_the_agreement_back_to_the_document() {
        let address = agreement_address("c1", Some("d-2_a"));
        assert_eq!(address, "/account/agreement#c1&document=d-2_a");
        let fragment = address.split_once('#').unwrap().1;
        assert_eq!(after_acceptance(fragment), "/account/document#d-2_a");
        let alone = agreement_address("c1", None);
        assert_eq!(alone, "/account/agreement#c1");
        assert_eq!(after_acceptance("c1"), "/account#accepted");
    }

    #[test]
    fn only_ids_lead_anywhere() {
        let long = "a".repeat(65);
        for id in ["", "../x", "a/b", "a#b", "//evil.example", &long, "я"] {
            let fragment = format!("c1&document={id}");
            assert_eq!(after_acceptance(&fragment), "/account#accepted", "{id}");
        }
    }
}
