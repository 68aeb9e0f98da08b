//! Which page a fragment of `/account` names. Fragments, so that the browser's own way back works.

/// A page of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// The documents, by one of three tabs.
    Documents(Filter),
    /// Who the person is, contacts, notices.
    Profile,
    /// Where the account is signed in.
    Devices,
    /// Accepted agreements and consents.
    Agreements,
    /// What is stored about the person.
    Data,
    /// What a deletion would do.
    Erase,
    /// Questions and answers.
    Help,
}

/// Which documents are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    /// Those that wait for this person.
    ToSign,
    /// Those that are signed.
    Signed,
    /// All of them.
    All,
}

impl Filter {
    /// In the order of the tabs.
    pub(crate) const ALL: [Self; 3] = [Self::ToSign, Self::Signed, Self::All];

    /// On the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ToSign => "to_sign",
            Self::Signed => "signed",
            Self::All => "all",
        }
    }
}

impl Route {
    /// Every page.
    pub(crate) const ALL: [Self; 9] = [
        Self::Documents(Filter::ToSign),
        Self::Documents(Filter::Signed),
        Self::Documents(Filter::All),
        Self::Profile,
        Self::Devices,
        Self::Agreements,
        Self::Data,
        Self::Erase,
        Self::Help,
    ];

    /// The page of a fragment, with or without its `#`; what is unknown is the list.
    pub(crate) fn parse(fragment: &str) -> Self {
        let name = fragment.trim_start_matches('#');
        let named = Self::ALL.into_iter().find(|route| route.fragment() == name);
        named.unwrap_or(Self::Documents(Filter::ToSign))
    }

    /// Its fragment, without `#`.
    pub(crate) const fn fragment(self) -> &'static str {
        match self {
            Self::Documents(Filter::ToSign) => "",
            Self::Documents(Filter::Signed) => "signed",
            Self::Documents(Filter::All) => "all",
            Self::Profile => "profile",
            Self::Devices => "devices",
            Self::Agreements => "agreements",
            Self::Data => "data",
            Self::Erase => "erase",
            Self::Help => "help",
        }
    }

    /// As a link's target.
    pub(crate) fn href(self) -> String {
        format!("#{}", self.fragment())
    }

    /// The value of `data-state` when all is well.
    pub(crate) const fn state(self) -> &'static str {
        match self {
            Self::Documents(_) => "list",
            _ => self.fragment(),
        }
    }

    /// The page that it lies under in the narrow navigation.
    pub(crate) const fn section(self) -> Self {
        match self {
            Self::Documents(_) => Self::Documents(Filter::ToSign),
            Self::Help => Self::Help,
            _ => Self::Profile,
        }
    }

    /// The page one level up; the way back that stands on the page itself.
    pub(crate) const fn parent(self) -> Option<Self> {
        match self {
            Self::Devices | Self::Agreements | Self::Data => Some(Self::Profile),
            Self::Erase => Some(Self::Data),
            Self::Documents(_) | Self::Profile | Self::Help => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_round_trip_and_the_unknown_is_the_list() {
        for route in Route::ALL {
            assert_eq!(Route::parse(route.fragment()), route);
            assert_eq!(Route::parse(&route.href()), route);
            assert!(!route.state().is_empty());
        }
        for unknown in ["#nonsense", "#esia?state=a", "##", "#Profile"] {
            assert_eq!(Route::parse(unknown), Route::Documents(Filter::ToSign));
        }
    }

    #[test]
    fn every_way_up_ends() {
        for route in Route::ALL {
            let mut steps = std::iter::successors(Some(route), |route| route.parent());
            assert!(steps.by_ref().count() <= 3);
        }
    }
}
