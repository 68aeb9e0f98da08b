//! What there is to tell, and when it may be told.

use crate::store::documents::Document;
use crate::store::outbox::Channel;
use podpis_shared::Timestamp;

/// What there is to tell. Each is told once on each way, but for a reminder.
///
/// Documents of one package are told of together; then `About::document` is the one that ends first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A document for the account has come, to be signed.
    Arrived,
    /// So many documents for the account, of one package, have come to be signed.
    Package(u32),
    /// A document for the account has come, to be kept.
    Kept,
    /// Its deadline nears.
    Deadline,
    /// So many documents of one package wait, and the deadline of the first of them nears.
    PackageDeadline(u32),
    /// The consultation that it is the consent to nears.
    Beginning,
    /// The clinic reminds of it.
    Reminder,
    /// It was signed.
    Signed,
    /// The clinic has signed it too: there is a final version.
    Completed,
    /// The clinic took it back.
    Cancelled,
    /// Its time ran out.
    Expired,
    /// The time of so many documents of one package ran out.
    PackageExpired(u32),
    /// Nobody has opened it: the one notice that goes by SMS, where the clinic pays for it.
    Unopened,
    /// Nobody has opened any of so many documents of one package: likewise, one SMS for all.
    PackageUnopened(u32),
}

/// Name of the notice that a package has come.
const PACKAGE: &str = "package";

impl Notice {
    /// Its name in the outbox.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Arrived => "arrived",
            Self::Package(_) => PACKAGE,
            Self::Kept => "kept",
            Self::Deadline | Self::PackageDeadline(_) => "deadline",
            Self::Beginning => "beginning",
            Self::Reminder => "reminder",
            Self::Signed => "signed",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Expired | Self::PackageExpired(_) => "expired",
            Self::Unopened | Self::PackageUnopened(_) => "unopened",
        }
    }

    /// The same of so many documents of one package: of a single one it is the notice of every document.
    #[must_use]
    pub fn of(self, documents: usize) -> Self {
        let count = match u32::try_from(documents) {
            Ok(count) if count > 1 => count,
            _ => return self,
        };
        match self {
            Self::Arrived => Self::Package(count),
            Self::Deadline => Self::PackageDeadline(count),
            Self::Expired => Self::PackageExpired(count),
            Self::Unopened => Self::PackageUnopened(count),
            other => other,
        }
    }

    /// The notice with this name in the outbox, as it is of one document, where several of a package may be asked to be signed by it.
    pub fn of_package(name: &str) -> Option<Self> {
        if name == PACKAGE {
            return Some(Self::Arrived);
        }
        [Self::Deadline, Self::Unopened]
            .into_iter()
            .find(|notice| notice.as_str() == name)
    }

    /// Whether it waits for the day on this way. A reminder does on each. What has happened is told by letter at any hour, since a
    /// letter wakes nobody; a push message waits, but for one about a signature: whoever did not sign must learn of it.
    pub(super) const fn waits_for_the_day(self, channel: Channel) -> bool {
        match self {
            Self::Deadline
            | Self::PackageDeadline(_)
            | Self::Reminder
            | Self::Expired
            | Self::PackageExpired(_)
            | Self::Unopened
            | Self::PackageUnopened(_) => true,
            Self::Arrived | Self::Package(_) | Self::Kept | Self::Completed | Self::Cancelled => {
                matches!(channel, Channel::Push)
            }
            // Planned by day in the clinic's zone already: later it might come after the beginning.
            Self::Beginning | Self::Signed => false,
        }
    }

    /// Whether a notice with this name in the outbox asks to sign.
    pub fn asks_to_sign(name: &str) -> bool {
        [
            Self::Arrived,
            Self::Package(0),
            Self::Deadline,
            Self::Beginning,
            Self::Reminder,
            Self::Unopened,
        ]
        .iter()
        .any(|notice| notice.as_str() == name)
    }

    /// Whether a notice with this name in the outbox has become pointless: what it asks to sign is closed, or what it tells
    /// of is withdrawn.
    pub fn is_pointless(name: &str, document: &Document, now: Timestamp) -> bool {
        if Self::asks_to_sign(name) {
            return !document.is_open(now);
        }
        name == Self::Kept.as_str() && document.status.is_withdrawn()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_document_of_a_package_is_told_of_as_any() {
        let of_packages = [
            Notice::Arrived,
            Notice::Deadline,
            Notice::Expired,
            Notice::Unopened,
        ];
        for notice in of_packages {
            assert_eq!((notice.of(0), notice.of(1)), (notice, notice));
            assert_ne!(notice.of(2), notice);
        }
        // Each of these is about one document by its nature.
        for notice in [Notice::Signed, Notice::Reminder, Notice::Cancelled] {
            assert_eq!(notice.of(3), notice);
        }
    }

    #[test]
    fn what_waits_is_counted_anew_where_it_asks_to_sign() {
        for (notice, counted) in [
            (Notice::Package(3), Some(Notice::Arrived)),
            (Notice::PackageDeadline(3), Some(Notice::Deadline)),
            (Notice::PackageUnopened(3), Some(Notice::Unopened)),
            (Notice::PackageExpired(3), None),
            (Notice::Arrived, None),
            (Notice::Signed, None),
        ] {
            assert_eq!(Notice::of_package(notice.as_str()), counted, "{notice:?}");
            assert!(counted.is_none() || Notice::asks_to_sign(notice.as_str()));
        }
    }
}
