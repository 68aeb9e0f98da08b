//! What becomes of a message or an event on its way: the reasons, as they are stored and shown.

use serde::{Deserialize, Serialize};

/// One table of reasons, with their stable names.
macro_rules! reasons {
    ($($(#[$meta:meta])* $variant:ident = $name:literal;)+) => {
        /// Why something was not delivered. The name is stable: it stands in events, in the API and in the evidence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Reason { $($(#[$meta])* #[serde(rename = $name)] $variant,)+ }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its stable name.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $name,)+ } }

            /// From its name.
            pub fn parse(text: &str) -> Option<Self> { match text { $($name => Some(Self::$variant),)+ _ => None } }
        }
    };
}

reasons! {
    /// What the message asks for can't be done any more.
    DocumentClosed = "document_closed";
    /// The document is not there.
    DocumentGone = "document_gone";
    /// The invitation of a letter to a clinic's staff was used, replaced, or ran out.
    InvitationEnded = "invitation_ended";
    /// The browser, or the person, takes no more messages.
    Unsubscribed = "unsubscribed";
    /// No gateway is configured for this channel.
    NotConfigured = "not_configured";
    /// The gateway or receiver could not be reached, or answers that it can't now.
    Unavailable = "unavailable";
    /// It did not answer in time.
    Timeout = "timeout";
    /// Its name is not found.
    Dns = "dns";
    /// No connection came about, or it broke off.
    Connection = "connection";
    /// Its certificate is not valid, or TLS failed otherwise.
    Tls = "tls";
    /// It leads to another address; redirects are not followed.
    Redirect = "redirect";
    /// It answered with a status that is no success.
    Status = "status";
    /// It answered `410 Gone`: it wants nothing more.
    Gone = "gone";
    /// The address is one that may not be reached: private, local, or not https.
    AddressRefused = "address_refused";
    /// The webhook was removed or disabled before this was sent.
    WebhookDisabled = "webhook_disabled";
    /// The gateway refuses this message.
    Rejected = "rejected";
    /// There is no such recipient.
    NoRecipient = "no_recipient";
    /// The recipient or the operator blocks messages.
    Blocked = "blocked";
    /// The gateway's account has no money.
    NoMoney = "no_money";
    /// A limit of the gateway or of ours is reached.
    Limit = "limit";
    /// The gateway gave up: the phone was off or out of reach.
    Undelivered = "undelivered";
    /// The mail came back.
    Bounced = "bounced";
    /// No receipt came in the time that one may take.
    NoReceipt = "no_receipt";
    /// Something on our side is wrong; the log has it.
    Internal = "internal";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_read_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(*reason));
        }
    }
}
