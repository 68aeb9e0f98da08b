//! A booking of a telemedicine consultation: whether it may begin (323-FZ art. 36.2, order 193n).
//!
//! Its state follows from the state of its consent and from the clock, so the two never disagree.

use crate::document::{Status as Consent, named};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use time::UtcOffset;

/// How long after its beginning a consent may still be given, in seconds: whoever is late while the doctor waits. Later on
/// there is nothing to consent to any more.
pub const LATE_S: i64 = 3600;

named! {
    /// State of a booking.
    #[cfg_attr(feature = "schema", schemars(rename = "ConsultationStatus"))]
    Status {
        /// The patient has not opened the consent.
        Waiting = "waiting",
        /// The patient has opened it.
        Opened = "opened",
        /// The consent is given.
        Consented = "consented",
        /// The beginning has come without a consent; for an hour it may still be given.
        Missed = "missed",
        /// The patient has declined to give it.
        Declined = "declined",
        /// The clinic has cancelled the consultation.
        Cancelled = "cancelled",
    }
}

named! {
    /// Why a consultation may begin, or may not.
    #[cfg_attr(feature = "schema", schemars(rename = "ConsultationReason"))]
    Reason {
        /// The consent is given.
        Consented = "consented",
        /// There is none yet; there is time.
        NoConsent = "no_consent",
        /// There was none at the beginning.
        NoConsentInTime = "no_consent_in_time",
        /// The patient has declined.
        Declined = "declined",
        /// The clinic has cancelled the consultation.
        Cancelled = "cancelled",
    }
}

/// What a state follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// State of the consent.
    pub consent: Consent,
    /// When the consultation begins.
    pub starts_at: Timestamp,
    /// The clinic has cancelled it.
    pub cancelled: bool,
}

impl Facts {
    /// The state at a moment.
    pub fn status(self, now: Timestamp) -> Status {
        match self.consent {
            _ if self.cancelled => Status::Cancelled,
            Consent::Cancelled | Consent::Superseded => Status::Cancelled,
            Consent::PatientSigned | Consent::Completed => Status::Consented,
            Consent::Declined => Status::Declined,
            Consent::Expired => Status::Missed,
            Consent::Sent | Consent::Opened if self.starts_at <= now => Status::Missed,
            Consent::Sent => Status::Waiting,
            Consent::Opened => Status::Opened,
        }
    }
}

impl Status {
    /// Whether the consultation may begin: with a consent, and not otherwise.
    pub const fn may_begin(self) -> bool {
        matches!(self, Self::Consented)
    }

    /// Why.
    pub const fn reason(self) -> Reason {
        match self {
            Self::Waiting | Self::Opened => Reason::NoConsent,
            Self::Consented => Reason::Consented,
            Self::Missed => Reason::NoConsentInTime,
            Self::Declined => Reason::Declined,
            Self::Cancelled => Reason::Cancelled,
        }
    }
}

/// Until when the consent to a consultation may be given.
pub const fn consent_until(starts_at: Timestamp) -> Timestamp {
    starts_at.plus(LATE_S)
}

/// `5 декабря 2026, 14:00 (МСК)`, east of Moscow `18:00 (МСК+1)`: on a clock so many minutes ahead of UTC.
pub fn on_the_clock(at: Timestamp, minutes: i32) -> String {
    let offset = UtcOffset::from_whole_seconds(minutes.saturating_mul(60));
    let there = offset
        .ok()
        .and_then(|offset| at.at().checked_to_offset(offset));
    let Some(there) = there else {
        return at.moscow_words();
    };
    let ahead = minutes - 180;
    let zone = match (ahead, ahead % 60) {
        (0, _) => "МСК".to_owned(),
        (_, 0) => format!("МСК{:+}", ahead / 60).replace('-', "\u{2212}"),
        _ => format!("UTC{:+}:{:02}", minutes / 60, (minutes % 60).abs()),
    };
    let month = crate::time::month_of_date(u8::from(there.month())).unwrap_or_default();
    format!(
        "{}\u{a0}{month} {}, {:02}:{:02} ({zone})",
        there.day(),
        there.year(),
        there.hour(),
        there.minute()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_unix(1_795_000_000);

    fn status(consent: Consent, seconds: i64) -> Status {
        let facts = Facts {
            consent,
            starts_at: START,
            cancelled: false,
        };
        facts.status(START.plus(seconds))
    }

    #[test]
    fn without_a_consent_nothing_begins() {
        for consent in Consent::ALL {
            for seconds in [-3600, -1, 0, 1, LATE_S, 10 * LATE_S] {
                let status = status(*consent, seconds);
                assert_eq!(
                    status.may_begin(),
                    consent.is_signed(),
                    "{consent:?} {seconds}"
                );
                assert_eq!(status.may_begin(), status.reason() == Reason::Consented);
            }
        }
    }

    #[test]
    fn the_clock_makes_it_missed_and_a_late_consent_mends_that() {
        assert_eq!(status(Consent::Sent, -1), Status::Waiting);
        assert_eq!(status(Consent::Opened, -1), Status::Opened);
        for late in [Consent::Sent, Consent::Opened, Consent::Expired] {
            assert_eq!(status(late, 0), Status::Missed);
        }
        assert_eq!(status(Consent::PatientSigned, 1), Status::Consented);
        assert_eq!(status(Consent::Declined, 1), Status::Declined);
    }

    #[test]
    fn a_cancelled_one_never_begins() {
        for consent in Consent::ALL {
            let facts = Facts {
                consent: *consent,
                starts_at: START,
                cancelled: true,
            };
            assert_eq!(facts.status(START), Status::Cancelled);
        }
        assert_eq!(status(Consent::Superseded, -1), Status::Cancelled);
    }

    #[test]
    fn the_clinics_clock_is_shown() {
        let at = Timestamp::parse("2026-12-05T11:00:00Z").unwrap();
        assert_eq!(on_the_clock(at, 180), at.moscow_words());
        for (minutes, words) in [
            (600, "5\u{a0}декабря 2026, 21:00 (МСК+7)"),
            (120, "5\u{a0}декабря 2026, 13:00 (МСК\u{2212}1)"),
            (720, "5\u{a0}декабря 2026, 23:00 (МСК+9)"),
            (345, "5\u{a0}декабря 2026, 16:45 (UTC+5:45)"),
        ] {
            assert_eq!(on_the_clock(at, minutes), words);
        }
        assert_eq!(on_the_clock(at, i32::MAX), at.moscow_words());
    }
}
