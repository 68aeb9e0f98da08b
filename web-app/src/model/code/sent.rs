//! A code that is on its way, and a call for it that did not work.

use podpis_shared::wire::account::CodeSent;

use crate::model::Trouble;

/// A call that did not work, with what the server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What it means for the page.
    pub(crate) trouble: Trouble,
    /// The server's sentence for the person; empty where there is none.
    pub(crate) detail: String,
    /// Seconds until it may be tried again (`Retry-After`).
    pub(crate) retry_after_s: Option<u32>,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        failure.trouble
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self {
            trouble,
            detail: String::new(),
            retry_after_s: None,
        }
    }
}

/// A code on its way, by this browser's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Goes back with the code.
    pub(crate) code_id: String,
    /// By e-mail, not by SMS.
    pub(crate) by_email: bool,
    /// Where to, its middle hidden.
    pub(crate) to: String,
    /// From when another one may be asked for.
    pub(crate) resend_at: i64,
    /// Until when it works.
    pub(crate) expires_at: i64,
    /// How often another one may still be asked for.
    pub(crate) resends_left: u32,
}

impl Sent {
    /// The server's answer, which came at `now`. `server_now`: the time that it was given at, where the answer says so:
    /// clocks of phones are right, those of old computers are not.
    pub(crate) fn new(sent: CodeSent, server_now: Option<i64>, now: i64) -> Self {
        let ahead = server_now.map_or(0, |server| now - server);
        Self {
            code_id: sent.code_id,
            by_email: sent.channel == "email",
            to: sent.to,
            resend_at: sent.resend_at.unix() + ahead,
            expires_at: sent.expires_at.unix() + ahead,
            resends_left: sent.resends_left,
        }
    }

    /// As the tab keeps it: a phone may drop the page while the person reads the message.
    pub(crate) fn to_keep(&self) -> String {
        let channel = if self.by_email { "email" } else { "sms" };
        let (resend_at, expires_at) = (self.resend_at, self.expires_at);
        format!(
            "{channel} {resend_at} {expires_at} {} {} {}",
            self.resends_left, self.code_id, self.to
        )
    }

    /// What the tab has kept; `None` for anything else, and for a code whose time is over.
    pub(crate) fn kept(text: &str, now: i64) -> Option<Self> {
        let mut parts = text.splitn(6, ' ');
        let by_email = parts.next()? == "email";
        let mut number = || parts.next()?.parse::<i64>().ok();
        let (resend_at, expires_at, left) = (number()?, number()?, number()?);
        let sent = Self {
            code_id: parts.next()?.into(),
            by_email,
            to: parts.next()?.into(),
            resend_at,
            expires_at,
            resends_left: u32::try_from(left).ok()?,
        };
        (now < sent.expires_at).then_some(sent)
    }
}
