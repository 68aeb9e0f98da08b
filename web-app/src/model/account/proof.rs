//! Proving a phone or an e-mail by a code: where to send it, then the code. At sign-in, and for a further contact.

use std::rc::Rc;

use podpis_shared::Timestamp;
use podpis_shared::problem::Code;
use podpis_shared::wire::account::CodeSent;

use super::trouble::{Trouble, What};
pub(crate) use kept::Kept;

mod kept;

/// A server's clock that is further away from ours than a code lives is not believed, in seconds.
const WAIT_MAX: i64 = 3600;

/// The two steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Proof {
    /// As typed.
    pub(crate) contact: String,
    /// The code that is on its way; `None`: not asked for yet.
    pub(crate) code: Option<Sent>,
    /// A request is running.
    pub(crate) busy: bool,
    /// How the last one ended, when badly.
    pub(crate) trouble: Option<Trouble>,
}

/// A code on its way, by this browser's clock.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sent {
    /// As the server told.
    pub(crate) sent: Rc<CodeSent>,
    /// From when another one may be asked for, in milliseconds of the page's clock.
    resend_ms: f64,
    /// Until when it works, likewise.
    expires_ms: f64,
    /// It works no more, the server said.
    over: bool,
    /// Which one it is on this page, from 1.
    pub(crate) round: u32,
}

/// Now, by both clocks: only the server's tells its own times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Now {
    /// Milliseconds of the page's clock.
    pub(crate) page_ms: f64,
    /// The server's time, or ours where it did not tell.
    pub(crate) server: Timestamp,
}

/// What happens to a [`Proof`].
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A code is asked for.
    Asking(String),
    /// It is on its way.
    Sent(Rc<CodeSent>, Now),
    /// The page was loaded anew, and a code from before, to this contact, still works.
    Kept(String, Rc<CodeSent>, Now),
    /// The typed code is on its way to the server.
    Checking,
    /// A request ended badly, at this millisecond of the page's clock.
    Failed(Trouble, f64),
    /// Back to the contact.
    Back,
}

impl Proof {
    /// The state after an event.
    pub(crate) fn after(mut self, event: Event) -> Self {
        match event {
            Event::Asking(contact) => {
                self.contact = contact;
                self.busy = true;
                self.trouble = None;
            }
            Event::Sent(sent, now) => {
                let round = self.code.map_or(0, |code| code.round) + 1;
                self.code = Some(Sent::new(sent, now, round));
                self.busy = false;
                self.trouble = None;
            }
            // What the person does here already goes before it.
            Event::Kept(..) if self.busy || self.code.is_some() => {}
            Event::Kept(contact, sent, now) => {
                self.contact = contact;
                self.code = Some(Sent::new(sent, now, 1));
            }
            Event::Checking => {
                self.busy = true;
                self.trouble = None;
            }
            Event::Failed(trouble, page_ms) => {
                self.busy = false;
                if let Some(code) = &mut self.code {
                    code.over |= trouble.what == What::Code(Code::CodeExpired);
                    if trouble.what == What::TooMany
                        && let Some(wait) = trouble.wait_s
                    {
                        code.resend_ms = code.resend_ms.max(page_ms + f64::from(wait) * 1e3);
                    }
                }
                self.trouble = Some(trouble);
            }
            Event::Back => {
                self.code = None;
                self.busy = false;
                self.trouble = None;
            }
        }
        self
    }
}

impl Sent {
    fn new(sent: Rc<CodeSent>, now: Now, round: u32) -> Self {
        let at = |then: Timestamp| {
            let wait = (then.unix() - now.server.unix()).clamp(0, WAIT_MAX);
            now.page_ms + wait as f64 * 1e3
        };
        Self {
            resend_ms: at(sent.resend_at),
            expires_ms: at(sent.expires_at),
            over: false,
            sent,
            round,
        }
    }

    /// Seconds until another code may be asked for; `None`: no more of them.
    pub(crate) fn resend_in(&self, page_ms: f64) -> Option<u32> {
        (self.sent.resends_left > 0).then(|| seconds_until(self.resend_ms, page_ms))
    }

    /// The code works no more.
    pub(crate) fn is_over(&self, page_ms: f64) -> bool {
        self.over || page_ms >= self.expires_ms
    }

    /// It went out as an SMS.
    pub(crate) fn is_sms(&self) -> bool {
        self.sent.channel == "sms"
    }
}

/// Whole seconds, rounded up.
fn seconds_until(then_ms: f64, page_ms: f64) -> u32 {
    ((then_ms - page_ms) / 1e3).ceil().max(0.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(left: u32) -> Rc<CodeSent> {
        Rc::new(CodeSent {
            code_id: "c".into(),
            channel: "sms".into(),
            to: "+7 *** ***-45-67".into(),
            resend_at: Timestamp::from_unix(1_060),
            expires_at: Timestamp::from_unix(1_300),
            resends_left: left,
        })
    }

    fn at(page_ms: f64) -> Now {
        Now {
            page_ms,
            server: Timestamp::from_unix(1_000),
        }
    }

    #[test]
    fn the_countdown_goes_by_the_pages_own_clock() {
        let proof = Proof::default().after(Event::Sent(sent(3), at(500.0)));
        let code = proof.code.unwrap();
        assert_eq!(code.resend_in(500.0), Some(60));
        assert_eq!(code.resend_in(60_400.0), Some(1));
        assert_eq!(code.resend_in(60_500.0), Some(0));
        assert!(!code.is_over(300_499.0) && code.is_over(300_500.0));
    }

    #[test]
    fn clocks_that_differ_by_years_block_nobody_for_long() {
        let now = Now {
            page_ms: 0.0,
            server: Timestamp::from_unix(0),
        };
        let late = Timestamp::from_unix(1_000_000_000);
        let told = CodeSent {
            resend_at: late,
            ..(*sent(1)).clone()
        };
        let code = Sent::new(Rc::new(told), now, 1);
        assert_eq!(code.resend_in(0.0), Some(3_600));
    }

    #[test]
    fn the_last_code_can_not_be_sent_again() {
        let proof = Proof::default().after(Event::Sent(sent(0), at(0.0)));
        assert_eq!(proof.code.unwrap().resend_in(1e9), None);
    }

    #[test]
    fn a_wrong_code_keeps_the_form_and_an_expired_one_closes_it() {
        let proof = Proof::default()
            .after(Event::Asking("8 916".into()))
            .after(Event::Sent(sent(3), at(0.0)))
            .after(Event::Checking);
        assert!(proof.busy);
        let wrong = Trouble::new(What::Code(Code::CodeWrong));
        let proof = proof.after(Event::Failed(wrong, 1.0));
        assert!(!proof.busy && !proof.code.as_ref().unwrap().is_over(1.0));
        let over = Trouble::new(What::Code(Code::CodeExpired));
        let proof = proof.after(Event::Failed(over, 2.0));
        assert!(proof.code.as_ref().unwrap().is_over(2.0));
        let proof = proof.after(Event::Sent(sent(2), at(3.0)));
        let code = proof.code.clone().unwrap();
        assert!(!code.is_over(3.0) && code.round == 2 && proof.trouble.is_none());
        let proof = proof.after(Event::Back);
        assert!(proof.code.is_none() && proof.contact == "8 916");
    }

    #[test]
    fn too_many_moves_the_next_one_away() {
        let many = Trouble {
            wait_s: Some(900),
            ..Trouble::new(What::TooMany)
        };
        let proof = Proof::default()
            .after(Event::Sent(sent(3), at(0.0)))
            .after(Event::Failed(many, 1_000.0));
        assert_eq!(proof.code.unwrap().resend_in(1_000.0), Some(900));
    }
}
