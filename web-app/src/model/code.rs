//! Signing by a one-time code: idle → asking → waiting → checking → signed, and what may go wrong on the way.
//!
//! Times are unix seconds by this browser's clock; the server's are set right against it when they come.

use std::rc::Rc;

use podpis_shared::problem::Code;
use podpis_shared::wire::code::CODE_DIGITS;

use super::Trouble;
pub(crate) use sent::{Failure, Sent};

mod sent;

/// Until another code may be asked for after a limit that names no time, in seconds.
const PAUSE_S: i64 = 5;

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stage {
    /// No code has been asked for, or none is of use any more.
    #[default]
    Idle,
    /// One is being asked for.
    Asking,
    /// It is on its way to the person, who types it.
    Waiting,
    /// The server checks what was typed and signs.
    Checking,
    /// The signature stands.
    Signed,
}

/// Why the last step did not work. `said`: the server's sentence, or empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Slip {
    /// Not the code that was sent.
    Wrong {
        /// How many tries are left.
        said: String,
    },
    /// The code works no more: late, or typed wrong too often.
    Spent {
        /// Which.
        said: String,
    },
    /// Too many codes for now.
    TooMany {
        /// What limit it is.
        said: String,
    },
    /// It may not be signed so.
    Refused {
        /// Why.
        said: String,
    },
    /// No network.
    Offline,
    /// The service does not answer, or answered nonsense.
    Away,
}

/// The entry of a code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The person is at it; else they went back to the document.
    pub(crate) open: bool,
    /// How far it is.
    pub(crate) stage: Stage,
    /// The last code that was sent.
    pub(crate) sent: Option<Rc<Sent>>,
    /// Why the last step did not work.
    pub(crate) slip: Option<Slip>,
    /// From when a code may be asked for.
    ask_from: i64,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The page was loaded anew, and a code from before still works.
    Kept(Rc<Sent>),
    /// The person came to the entry, where a code is waited for already.
    Opened,
    /// The person went back to the document.
    Closed,
    /// A code is being asked for.
    Asked,
    /// It is on its way.
    Sent(Rc<Sent>),
    /// None was sent; at this moment.
    NotSent(Failure, i64),
    /// A code was typed.
    Typed,
    /// It did not sign; at this moment.
    NotSigned(Failure, i64),
    /// It signed.
    Signed,
    /// What failed has nothing to do with codes: the page tells it.
    Ended,
}

/// When another code may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resend {
    /// At once.
    Now,
    /// In so many seconds; after the last sending of an hour that is most of the hour.
    In(i64),
}

impl Entry {
    /// The entry after a step.
    pub(crate) fn after(mut self, step: Step) -> Self {
        match step {
            Step::Opened => self.open = true,
            // What is being checked may sign at any moment: there is no way back then.
            Step::Closed if self.stage == Stage::Checking => {}
            Step::Closed => self.open = false,
            Step::Asked => {
                self.open = true;
                self.stage = Stage::Asking;
                self.slip = None;
            }
            Step::Sent(sent) | Step::Kept(sent) => {
                self.ask_from = sent.resend_at;
                self.sent = Some(sent);
                self.stage = Stage::Waiting;
            }
            Step::NotSent(failure, now) => {
                // An earlier code may still work.
                let waits = self.sent.as_ref().is_some_and(|sent| now < sent.expires_at);
                self.stage = if waits { Stage::Waiting } else { Stage::Idle };
                self.slipped(&failure, now);
            }
            Step::Typed => {
                self.stage = Stage::Checking;
                self.slip = None;
            }
            Step::NotSigned(failure, now) => {
                self.slipped(&failure, now);
                let spent = matches!(self.slip, Some(Slip::Spent { .. } | Slip::Refused { .. }));
                self.stage = if spent { Stage::Idle } else { Stage::Waiting };
            }
            Step::Signed => {
                self.open = false;
                self.stage = Stage::Signed;
            }
            Step::Ended => self = Self::default(),
        }
        self
    }

    /// A code can be typed now.
    pub(crate) fn can_type(&self, now: i64) -> bool {
        self.stage == Stage::Waiting && self.time_left(now) > 0
    }

    /// Seconds that the code still works; 0 where there is none.
    pub(crate) fn time_left(&self, now: i64) -> i64 {
        let waited_for = matches!(self.stage, Stage::Waiting | Stage::Checking);
        let sent = self.sent.as_ref().filter(|_| waited_for);
        sent.map_or(0, |sent| (sent.expires_at - now).max(0))
    }

    /// Its time ran out while it was waited for.
    pub(crate) fn is_late(&self, now: i64) -> bool {
        self.stage == Stage::Waiting && self.time_left(now) == 0
    }

    /// When another code may be asked for.
    pub(crate) fn resend(&self, now: i64) -> Resend {
        match self.ask_from - now {
            wait if wait > 0 => Resend::In(wait),
            _ => Resend::Now,
        }
    }

    /// A request is under way.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.stage, Stage::Asking | Stage::Checking)
    }

    fn slipped(&mut self, failure: &Failure, now: i64) {
        let said = failure.detail.clone();
        self.slip = Some(match failure.trouble {
            Trouble::Offline => Slip::Offline,
            Trouble::Code(Code::CodeWrong | Code::Invalid) => Slip::Wrong { said },
            Trouble::Code(Code::CodeExpired) => Slip::Spent { said },
            Trouble::Code(Code::TooMany) => Slip::TooMany { said },
            Trouble::Code(Code::Policy | Code::PhoneNeeded | Code::PhoneMismatch) => {
                Slip::Refused { said }
            }
            _ => Slip::Away,
        });
        if let Some(wait) = failure.retry_after_s {
            self.ask_from = self.ask_from.max(now + i64::from(wait));
        } else if failure.trouble == Trouble::Code(Code::TooMany) {
            self.ask_from = self.ask_from.max(now + PAUSE_S);
        }
    }
}

/// Whether a failure is told at the entry; every other one is the page's.
pub(crate) fn is_told_at_the_entry(trouble: Trouble) -> bool {
    match trouble {
        Trouble::Offline | Trouble::Other => true,
        Trouble::EsiaAway => false,
        Trouble::Code(code) => matches!(
            code,
            Code::CodeWrong
                | Code::CodeExpired
                | Code::Invalid
                | Code::TooMany
                | Code::Policy
                | Code::PhoneNeeded
                | Code::PhoneMismatch
                | Code::Unavailable
                | Code::Internal
        ),
    }
}

/// What was typed, when it is a whole code: its digits alone.
pub(crate) fn whole(typed: &str) -> Option<String> {
    let digits = digits(typed);
    (digits.len() == CODE_DIGITS).then_some(digits)
}

/// The digits of what was typed or filled in, at most as many as a code has.
pub(crate) fn digits(typed: &str) -> String {
    let digits = typed.chars().filter(char::is_ascii_digit);
    digits.take(CODE_DIGITS).collect()
}

#[cfg(test)]
mod tests;
