//! What an SMTP reply means for a message (RFC 5321 section 4.2.1, RFC 3463).
//!
//! What is said of the session or of us may be mended and is tried again; what is said of this letter or its recipient by a
//! `5xx` is final.

use super::reply::Reply;
use crate::attempt::Failed;
use podpis_shared::delivery::Reason;

/// A refusal of the session: greeting, `EHLO`, `STARTTLS`, `MAIL`.
pub(super) fn of_session(reply: &Reply) -> Failed {
    with(Failed::for_now(Reason::Unavailable), reply)
}

/// A refusal of our name and password. They can be mended, so no letter is given up for it at once.
pub(super) fn of_login(reply: &Reply) -> Failed {
    let reason = if reply.is_permanent() {
        Reason::NotConfigured
    } else {
        Reason::Unavailable
    };
    with(Failed::for_now(reason), reply)
}

/// A refusal of the recipient.
pub(super) fn of_recipient(reply: &Reply) -> Failed {
    if !reply.is_permanent() {
        return with(Failed::for_now(Reason::Unavailable), reply);
    }
    // 5.1.x: the address; 5.2.1: the mailbox is disabled. Without an enhanced code, 550 says the same.
    let gone = match reply.enhanced() {
        Some(code) => code.starts_with("5.1.") || code == "5.2.1",
        None => reply.code == 550,
    };
    let reason = if gone {
        Reason::NoRecipient
    } else {
        Reason::Rejected
    };
    with(Failed::for_good(reason), reply)
}

/// A refusal of the letter.
pub(super) fn of_letter(reply: &Reply) -> Failed {
    let failed = if reply.is_permanent() {
        Failed::for_good(Reason::Rejected)
    } else {
        Failed::for_now(Reason::Unavailable)
    };
    with(failed, reply)
}

const fn with(mut failed: Failed, reply: &Reply) -> Failed {
    failed.status = Some(reply.code);
    failed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(text: &str) -> Reply {
        super::super::reply::parse(text.as_bytes())
            .unwrap()
            .unwrap()
            .0
    }

    #[test]
    fn what_is_said_of_a_recipient() {
        for (text, retry, reason) in [
            ("450 4.2.1 busy\r\n", true, Reason::Unavailable),
            ("550 5.1.1 no such user\r\n", false, Reason::NoRecipient),
            ("550 no such user\r\n", false, Reason::NoRecipient),
            ("550 5.7.1 spam\r\n", false, Reason::Rejected),
            ("552 too much\r\n", false, Reason::Rejected),
        ] {
            let failed = of_recipient(&reply(text));
            assert_eq!((failed.retry, failed.reason), (retry, reason), "{text}");
        }
    }

    #[test]
    fn what_is_said_of_us_is_tried_again() {
        for text in ["535 5.7.8 wrong\r\n", "454 4.7.0 later\r\n"] {
            assert!(of_login(&reply(text)).retry, "{text}");
        }
        assert!(of_session(&reply("554 no service\r\n")).retry);
        assert!(!of_letter(&reply("554 5.6.0 no\r\n")).retry);
        assert_eq!(of_letter(&reply("554 5.6.0 no\r\n")).status, Some(554));
    }
}
