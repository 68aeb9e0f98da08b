//! Why a browser gave no passkey, told apart as far as it tells.

/// The reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPasskey {
    /// The browser knows no passkeys, or not on this page.
    Impossible,
    /// This device keeps one of this person's already.
    HasOne,
    /// None was made: the person closed the browser's window, or took too long.
    NotMade,
    /// None was shown: likewise, or this device has none of the person's. A page is not to learn which.
    NotShown,
    /// The device can't make one as we ask for: ES256, and a look whether it is its owner.
    Unfit,
    /// Anything else.
    Other,
}

impl NoPasskey {
    /// Of a new one, by the name of the browser's exception (WebAuthn level 2, 5.1.3).
    pub(crate) fn when_made(name: &str) -> Self {
        match name {
            "InvalidStateError" => Self::HasOne,
            "NotAllowedError" | "AbortError" | "TimeoutError" => Self::NotMade,
            "NotSupportedError" | "ConstraintError" => Self::Unfit,
            _ => Self::Other,
        }
    }

    /// Of one that is to sign, likewise (5.1.4).
    pub(crate) fn when_asked(name: &str) -> Self {
        match name {
            "NotAllowedError" | "AbortError" | "TimeoutError" => Self::NotShown,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_browser_says_is_told_apart() {
        for (name, made, asked) in [
            ("InvalidStateError", NoPasskey::HasOne, NoPasskey::Other),
            ("NotAllowedError", NoPasskey::NotMade, NoPasskey::NotShown),
            ("AbortError", NoPasskey::NotMade, NoPasskey::NotShown),
            ("NotSupportedError", NoPasskey::Unfit, NoPasskey::Other),
            ("ConstraintError", NoPasskey::Unfit, NoPasskey::Other),
            ("SecurityError", NoPasskey::Other, NoPasskey::Other),
            ("", NoPasskey::Other, NoPasskey::Other),
        ] {
            assert_eq!(NoPasskey::when_made(name), made, "{name}");
            assert_eq!(NoPasskey::when_asked(name), asked, "{name}");
        }
    }
}
