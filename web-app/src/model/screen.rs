//! The states of the page, as `<body data-state>` names them, and how the facts lead to one.

use podpis_shared::Status;
use podpis_shared::problem::{Code, words};

use super::{File, Model, Page, Place, Step, Trouble, View};

/// What the person sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Screen {
    /// The document is on its way.
    Loading,
    /// The document is there and can be read and, once every page has been drawn, signed.
    Ready,
    /// The person asks for a code, types it, or waits for its check.
    Code,
    /// A request that signs is running, or the browser is leaving for Gosuslugi.
    Signing,
    /// The person's signature stands.
    Signed,
    /// The clinic sent it for keeping: to be read and saved, not to be signed.
    Kept,
    /// The person declined.
    Declined,
    /// The time to sign is over.
    Expired,
    /// The clinic took the document back.
    Cancelled,
    /// Another document took its place.
    Superseded,
    /// No such link.
    LinkUnknown,
    /// No such document in this account.
    NotFound,
    /// Nobody is signed in to the account, or the account asks for a proof first.
    SignedOut,
    /// A way through Gosuslugi ended without a signature; [`words`] says why, and what to do next.
    Refused(Code),
    /// Our own service doesn't answer.
    ServiceDown,
    /// Too many attempts within minutes.
    TooMany,
    /// No network.
    Offline,
    /// The bytes are not those that the clinic sent.
    HashMismatch,
    /// The document, or a page of it, can't be shown.
    RenderFailed,
    /// Something else went wrong.
    Error,
}

impl Screen {
    /// The value of `data-state`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Ready => "ready",
            Self::Code => "code",
            Self::Signing => "signing",
            Self::Signed => "signed",
            Self::Kept => "kept",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Superseded => "superseded",
            Self::LinkUnknown => "link-unknown",
            Self::NotFound => "not-found",
            Self::SignedOut => "signed-out",
            Self::Refused(code) => match code {
                Code::WrongPerson => "wrong-person",
                Code::EsiaUnconfirmed => "unconfirmed",
                Code::EsiaDenied => "esia-denied",
                Code::EsiaSession => "esia-session",
                Code::EsiaUnavailable => "esia-down",
                Code::EsiaRejected => "esia-rejected",
                Code::EsiaStale => "esia-stale",
                Code::EsiaChild => "esia-child",
                Code::EsiaAccount => "esia-account",
                Code::EsiaPersonData => "esia-data",
                Code::Policy => "not-allowed",
                Code::ConsentChanged => "changed",
                // An answer that fails a check; which one, the sentence says.
                _ => "esia-answer",
            },
            Self::ServiceDown => "service-down",
            Self::TooMany => "too-many",
            Self::Offline => "offline",
            Self::HashMismatch => "hash-mismatch",
            Self::RenderFailed => "render-failed",
            Self::Error => "error",
        }
    }

    /// The document can still be signed from here.
    pub(crate) fn is_open(self) -> bool {
        match self {
            Self::Loading | Self::Ready | Self::Code | Self::Signing => true,
            Self::Refused(code) => words::of(code).is_some_and(words::Words::may_sign),
            _ => false,
        }
    }

    /// The bar with the button stands, be it that the button is off.
    pub(crate) fn has_bar(self) -> bool {
        self.is_open() || matches!(self, Self::HashMismatch | Self::RenderFailed)
    }

    fn of_status(status: Status) -> Option<Self> {
        match status {
            Status::Sent | Status::Opened => None,
            Status::PatientSigned | Status::Completed => Some(Self::Signed),
            Status::Declined => Some(Self::Declined),
            Status::Expired => Some(Self::Expired),
            Status::Cancelled => Some(Self::Cancelled),
            Status::Superseded => Some(Self::Superseded),
        }
    }

    fn of_trouble(trouble: Trouble, place: Place) -> Self {
        match trouble {
            Trouble::Offline => Self::Offline,
            Trouble::EsiaAway => Self::Refused(Code::EsiaUnavailable),
            Trouble::Other => Self::Error,
            Trouble::Code(code) => match code {
                Code::SignedOut | Code::Gated => Self::SignedOut,
                Code::LinkUnknown | Code::NotFound | Code::Unauthorized => Self::unknown(place),
                Code::LinkExpired => Self::Expired,
                Code::HashMismatch => Self::HashMismatch,
                Code::NotFullyShown => Self::RenderFailed,
                Code::Unavailable => Self::ServiceDown,
                Code::TooMany => Self::TooMany,
                code if words::of(code).is_some() => Self::Refused(code),
                _ => Self::Error,
            },
        }
    }

    /// The address names nothing that is there.
    const fn unknown(place: Place) -> Self {
        if place.is_account() {
            Self::NotFound
        } else {
            Self::LinkUnknown
        }
    }
}

impl Model {
    /// What the person sees now. The server's word comes first, then this browser's own checks.
    pub(crate) fn screen(&self) -> Screen {
        match &self.view {
            View::Missing => return Screen::unknown(self.place),
            View::Failed(trouble) => return Screen::of_trouble(*trouble, self.place),
            View::Waiting if self.step == Step::Completing => return Screen::Signing,
            View::Waiting => return Screen::Loading,
            View::Here(view) => {
                if view.kept && !view.status.is_withdrawn() {
                    return if self.is_tampered() {
                        Screen::HashMismatch
                    } else {
                        Screen::Kept
                    };
                }
                if let Some(screen) = Screen::of_status(view.status) {
                    return screen;
                }
                if self.is_signed_by_code() {
                    return Screen::Signed;
                }
            }
        }
        match self.step {
            Step::Completing | Step::Starting | Step::Leaving => return Screen::Signing,
            _ if self.is_tampered() => return Screen::HashMismatch,
            Step::Refused(trouble) => return Screen::of_trouble(trouble, self.place),
            _ if self.code.open => return Screen::Code,
            Step::Reading | Step::Done | Step::Declining => {}
        }
        match &self.file {
            File::Failed(Trouble::Other) => Screen::RenderFailed,
            File::Failed(trouble) => Screen::of_trouble(*trouble, self.place),
            File::Arriving { .. } => Screen::Loading,
            File::Here { pages, .. } if pages.iter().any(|page| !page.flaws.is_empty()) => {
                Screen::RenderFailed
            }
            File::Here { pages, .. } if pages.iter().any(Page::is_drawn) => Screen::Ready,
            File::Here { .. } => Screen::Loading,
        }
    }
}
