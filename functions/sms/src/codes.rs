//! One-time codes: how they are drawn, when another one may be asked for, what a typed one is. Pure.

use podpis_kit::{Result, random};
use podpis_shared::Timestamp;
use podpis_shared::wire::code::CODE_DIGITS;
use zeroize::Zeroizing;

/// How long a code works, in seconds.
pub(crate) const LIFETIME: i64 = 300;

/// Wrong codes in the whole life of a code; the last of them closes it. A guesser has 5 in 1,000,000.
pub(crate) const TRIES_MAX: i64 = 5;

/// From one sending to the next, in seconds: a text message takes some time to arrive.
pub(crate) const RESEND_AFTER: i64 = 60;

/// Further sendings for the same thing within [`HOUR`].
pub(crate) const RESENDS_MAX: u32 = 3;

/// How long the right code may be repeated, in seconds: whoever crashed between check and act can go on.
pub(crate) const REPEAT_FOR: i64 = 900;

/// The window of [`RESENDS_MAX`], in seconds.
pub(crate) const HOUR: i64 = 3600;

/// How many codes there are: 10 to the power of [`CODE_DIGITS`].
const CODES: u32 = 1_000_000;

/// The digits of a code. No `Debug`; wiped when dropped.
pub(crate) struct Digits(Zeroizing<String>);

impl Digits {
    /// A new code from the host's randomness.
    ///
    /// # Errors
    /// Where the host gives none.
    pub(crate) fn random() -> Result<Self> {
        loop {
            if let Some(digits) = Self::drawn(u32::from_le_bytes(random::bytes()?)) {
                return Ok(digits);
            }
        }
    }

    /// Every code is made of equally many numbers; those above the last whole million are drawn again.
    fn drawn(number: u32) -> Option<Self> {
        let fair = number < u32::MAX - u32::MAX % CODES;
        fair.then(|| Self(Zeroizing::new(format!("{:0CODE_DIGITS$}", number % CODES))))
    }

    /// What a person typed; white space does not count.
    pub(crate) fn typed(text: &str) -> Option<Self> {
        let digits: Zeroizing<String> =
            Zeroizing::new(text.chars().filter(|c| !c.is_whitespace()).collect());
        let right = digits.len() == CODE_DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
        right.then_some(Self(digits))
    }

    /// The digits themselves.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// Where a sending stands among those for the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Round {
    /// Its number, from 1.
    pub(crate) number: u32,
    pub(crate) resends_left: u32,
    /// From when another one may be asked for.
    pub(crate) resend_at: Timestamp,
}

/// Why there is no further sending yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotYet {
    /// The last one is too fresh.
    Soon(Timestamp),
    /// There were [`RESENDS_MAX`] within [`HOUR`].
    Spent(Timestamp),
}

/// The next sending. `sent`: when the earlier ones for the same thing were made, the newest first; of those older than
/// [`HOUR`] none.
pub(crate) fn next_round(sent: &[Timestamp], now: Timestamp) -> Result<Round, NotYet> {
    let last_allowed = RESENDS_MAX as usize;
    // When the `back`-th newest leaves the window.
    let leaves = |back: usize| sent.get(back).map(|at| at.plus(HOUR));
    let soon = sent
        .first()
        .map(|at| at.plus(RESEND_AFTER))
        .filter(|at| *at > now);
    match (leaves(last_allowed), soon) {
        (Some(full), soon) => return Err(NotYet::Spent(soon.map_or(full, |soon| soon.max(full)))),
        (None, Some(soon)) => return Err(NotYet::Soon(soon)),
        (None, None) => {}
    }
    let earlier = u32::try_from(sent.len()).unwrap_or(RESENDS_MAX);
    let fresh = now.plus(RESEND_AFTER);
    Ok(Round {
        number: earlier + 1,
        resends_left: RESENDS_MAX - earlier,
        // With this one the window may be full.
        resend_at: leaves(last_allowed - 1).map_or(fresh, |at| at.max(fresh)),
    })
}

/// What became of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// On its way, or waited for.
    Issued,
    /// The right code came.
    Verified,
    /// A newer one took its place.
    Replaced,
    /// Too many wrong ones came.
    Locked,
    /// It could not be sent.
    Failed,
}

impl Status {
    const ALL: [Self; 5] = [
        Self::Issued,
        Self::Verified,
        Self::Replaced,
        Self::Locked,
        Self::Failed,
    ];

    /// Its name in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Verified => "verified",
            Self::Replaced => "replaced",
            Self::Locked => "locked",
            Self::Failed => "failed",
        }
    }

    /// From the name in the database.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// What a check depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) status: Status,
    /// Wrong codes so far, those after the right one too.
    pub(crate) tries: i64,
    pub(crate) expires_at: Timestamp,
    /// When the right code came first.
    pub(crate) verified_at: Option<Timestamp>,
}

/// What a typed code comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is right, for the first time.
    Verify,
    /// It is right once more: the same answer.
    Repeat,
    /// It is wrong: one more try is to be counted.
    Wrong {
        /// Tries with this one.
        tries: i64,
        /// What is left of the code.
        status: Status,
    },
    /// The code works no more, whatever was typed.
    Over(Over),
}

/// Why a code works no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// There is none with this id (any more), it could not be sent, or it has done its work.
    Gone,
    /// Its time ran out.
    Late,
    /// There is a newer one.
    Replaced,
    /// Too many wrong ones.
    Locked,
}

/// Judges a typed code. `right`: its hash, over everything that it must be bound to, is the stored one.
pub(crate) fn judge(state: Option<&State>, now: Timestamp, right: bool) -> Outcome {
    let Some(state) = state else {
        return Outcome::Over(Over::Gone);
    };
    let over = match (state.status, state.verified_at) {
        (Status::Issued, _) => (now >= state.expires_at).then_some(Over::Late),
        (Status::Verified, Some(at)) => (now >= at.plus(REPEAT_FOR)).then_some(Over::Gone),
        (Status::Verified, None) | (Status::Failed, _) => Some(Over::Gone),
        (Status::Replaced, _) => Some(Over::Replaced),
        (Status::Locked, _) => Some(Over::Locked),
    };
    match (over, right, state.status) {
        (Some(over), ..) => Outcome::Over(over),
        (None, true, Status::Verified) => Outcome::Repeat,
        (None, true, _) => Outcome::Verify,
        (None, false, status) => {
            let tries = state.tries + 1;
            let status = if tries < TRIES_MAX {
                status
            } else {
                Status::Locked
            };
            Outcome::Wrong { tries, status }
        }
    }
}

#[cfg(test)]
mod tests;
