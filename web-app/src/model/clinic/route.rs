//! The pages of the console, as fragments of its address.

use podpis_shared::staff::Permission;
use podpis_shared::wire::staff::Me;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// The first page that the role may see.
    Home,
    /// The list of documents.
    Documents,
    /// One document, by its id.
    Document(String),
    /// Send a document.
    Send,
    /// Documents that wait for the clinic's signature.
    ToSign,
    /// Many documents from a table.
    Bulk,
    /// The month's account.
    Usage,
    /// What documents say of the clinic, who signs for it, its user agreement.
    Clinic,
    /// The clinic's look.
    Look,
    /// The clinic's staff.
    Staff,
    /// Who did what.
    Journal,
    /// Keys of the API.
    Keys,
    /// Webhook and deliveries.
    Webhook,
    /// Everything as an archive.
    Archive,
    /// The person's own profile.
    Me,
    /// An invitation, by its token.
    Invitation(String),
    /// A password or a second factor to be set anew, by the letter's token; the server knows which.
    Reset(String),
}

/// A section of the navigation.
pub(crate) struct Section {
    /// Its page.
    pub(crate) route: Route,
    /// Its name in test ids and icons.
    pub(crate) name: &'static str,
    /// What it takes; `None`: everybody.
    pub(crate) needs: Option<Permission>,
}

/// Every section, in the order of the navigation.
pub(crate) static SECTIONS: [Section; 13] = [
    section(
        Route::Documents,
        "documents",
        Some(Permission::DocumentsRead),
    ),
    section(Route::Send, "send", Some(Permission::DocumentsSend)),
    section(Route::ToSign, "to-sign", Some(Permission::Sign)),
    section(Route::Bulk, "bulk", Some(Permission::DocumentsSend)),
    section(Route::Usage, "usage", Some(Permission::Usage)),
    section(Route::Clinic, "clinic", Some(Permission::Settings)),
    section(Route::Look, "look", Some(Permission::Settings)),
    section(Route::Staff, "staff", Some(Permission::Staff)),
    section(Route::Journal, "journal", Some(Permission::Events)),
    section(Route::Webhook, "webhook", Some(Permission::Webhooks)),
    section(Route::Keys, "keys", Some(Permission::Keys)),
    section(Route::Archive, "archive", Some(Permission::Export)),
    section(Route::Me, "me", None),
];

const fn section(route: Route, name: &'static str, needs: Option<Permission>) -> Section {
    Section { route, name, needs }
}

impl Section {
    /// Whether this person has it.
    pub(crate) fn is_for(&self, me: &Me) -> bool {
        self.needs.is_none_or(|needs| may(me, needs))
    }
}

/// Whether this person may do it.
pub(crate) fn may(me: &Me, what: Permission) -> bool {
    me.permissions.contains(&what)
}

impl Route {
    /// Of an address's fragment, with or without its `#`; what is unknown is the first page.
    pub(crate) fn parse(fragment: &str) -> Self {
        let fragment = fragment.trim_start_matches('#');
        if let Some(token) = fragment.strip_prefix("invite-") {
            return Self::Invitation(token.to_owned());
        }
        let anew = fragment
            .strip_prefix("reset-")
            .or_else(|| fragment.strip_prefix("factor-"));
        if let Some(token) = anew {
            return Self::Reset(token.to_owned());
        }
        let page = fragment.split(['?', '&']).next().unwrap_or_default();
        match page.split_once('/') {
            Some(("documents", id)) if is_id(id) => return Self::Document(id.to_owned()),
            _ => {}
        }
        let mut sections = SECTIONS.iter();
        let found = sections.find(|section| section.name == page);
        found.map_or(Self::Home, |section| section.route.clone())
    }

    /// The fragment, with its `#`.
    pub(crate) fn href(&self) -> String {
        match self {
            Self::Document(id) => format!("#documents/{id}"),
            Self::Invitation(token) => format!("#invite-{token}"),
            Self::Reset(token) => format!("#reset-{token}"),
            route => format!("#{}", route.name()),
        }
    }

    /// The value of `data-state` where the page is whole.
    pub(crate) fn state(&self) -> &'static str {
        match self {
            Self::Document(_) => "document",
            Self::Invitation(_) => "invitation",
            Self::Reset(_) => "reset",
            route => route.name(),
        }
    }

    /// The section that it stands under.
    pub(crate) fn section(&self) -> Self {
        match self {
            Self::Document(_) => Self::Documents,
            route => route.clone(),
        }
    }

    /// The page that this person gets: the first section of theirs in place of one that is not theirs.
    pub(crate) fn for_person(&self, me: &Me) -> Self {
        let section = self.section();
        let mut sections = SECTIONS.iter().filter(|section| section.is_for(me));
        if sections.clone().any(|own| own.route == section) {
            return self.clone();
        }
        sections
            .next()
            .map_or(Self::Me, |first| first.route.clone())
    }

    fn name(&self) -> &'static str {
        let mut sections = SECTIONS.iter();
        let found = sections.find(|section| section.route == *self);
        found.map_or("documents", |section| section.name)
    }
}

/// What our ids are made of, so that no address leads a request elsewhere.
fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::clinic::tests::person;
    use podpis_shared::staff::Role;

    #[test]
    fn every_page_reads_its_own_address_back() {
        let more = [
            Route::Document("doc_1".into()),
            Route::Invitation("aB3-_x".into()),
            Route::Reset("t".into()),
        ];
        let all = SECTIONS.iter().map(|section| section.route.clone());
        for route in all.chain(more) {
            assert_eq!(Route::parse(&route.href()), route);
        }
        for strange in ["", "#", "#nowhere", "#documents/../keys", "#documents/"] {
            let route = Route::parse(strange);
            assert!(matches!(route, Route::Home | Route::Documents), "{strange}");
        }
    }

    #[test]
    fn a_role_gets_its_own_pages_only() {
        let accountant = person(Role::Accountant);
        assert_eq!(Route::Keys.for_person(&accountant), Route::Usage);
        assert_eq!(Route::Home.for_person(&accountant), Route::Usage);
        assert_eq!(Route::Me.for_person(&accountant), Route::Me);
        let registrar = person(Role::Registrar);
        assert_eq!(Route::ToSign.for_person(&registrar), Route::Documents);
        assert_eq!(Route::Send.for_person(&registrar), Route::Send);
        let head = person(Role::Head);
        for section in &SECTIONS {
            assert_eq!(section.route.for_person(&head), section.route);
        }
    }
}
