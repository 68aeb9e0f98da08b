//! A code on its way to sign in, as the tab keeps it: a phone may drop the page while the person reads the message.

use std::rc::Rc;

use podpis_shared::Timestamp;
use podpis_shared::wire::account::CodeSent;
use serde::{Deserialize, Serialize};

use super::{Event, Now};

/// What is kept.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Where it went, as typed.
    contact: String,
    /// As the server told.
    sent: CodeSent,
    /// How far the server's clock was ahead of this browser's, in seconds.
    ahead: i64,
}

impl Kept {
    /// A code that was just sent. `unix`: this browser's clock, in seconds since 1970.
    pub(crate) fn new(contact: String, sent: CodeSent, now: Now, unix: i64) -> Self {
        let ahead = now.server.unix() - unix;
        Self {
            contact,
            sent,
            ahead,
        }
    }

    /// Back to the code, on a page that was loaded anew; `None` once its time is over.
    pub(crate) fn again(self, page_ms: f64, unix: i64) -> Option<Event> {
        let server = Timestamp::from_unix(unix.saturating_add(self.ahead));
        let now = Now { page_ms, server };
        (server < self.sent.expires_at).then(|| Event::Kept(self.contact, Rc::new(self.sent), now))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Proof;
    use super::*;

    #[test]
    fn it_outlives_a_reload_by_whatever_clock() {
        let sent = CodeSent {
            code_id: "c".into(),
            channel: "sms".into(),
            to: "+7 *** ***-45-67".into(),
            resend_at: Timestamp::from_unix(1_060),
            expires_at: Timestamp::from_unix(1_300),
            resends_left: 2,
        };
        let now = Now {
            page_ms: 9_000.0,
            server: Timestamp::from_unix(1_000),
        };
        // This browser's clock is an hour behind.
        let keep = || Kept::new("8 916".into(), sent.clone(), now, 1_000 - 3_600);
        let text = serde_json::to_string(&keep()).unwrap();
        let kept: Kept = serde_json::from_str(&text).unwrap();
        let proof = Proof::default().after(kept.again(500.0, 1_010 - 3_600).unwrap());
        let code = proof.code.as_ref().unwrap();
        assert_eq!(code.resend_in(500.0), Some(50));
        assert!(!code.is_over(500.0) && proof.contact == "8 916" && !proof.busy);
        assert!(keep().again(500.0, 1_300 - 3_600).is_none());
        // A code that came meanwhile is not taken away.
        let again = keep().again(500.0, 1_010 - 3_600).unwrap();
        let typing = proof.clone().after(Event::Checking).after(again);
        assert!(typing.busy && typing.code == proof.code);
    }
}
