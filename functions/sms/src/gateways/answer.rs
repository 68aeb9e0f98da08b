//! What gateways answer, in words of our own.

use super::money::Sum;
use podpis_shared::Timestamp;

/// What came of handing a message over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The gateway has it.
    Taken(Taken),
    /// The gateway has it not, and says so, or was never reached.
    Refused(Refused),
    /// Nobody knows: it may have it. The text is for the log.
    Unknown(String),
}

/// A message that a gateway has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The gateway's id of it.
    pub(crate) gateway_id: String,
    /// How many SMS the gateway makes of it.
    pub(crate) parts: Option<u32>,
    pub(crate) cost: Option<Sum>,
    /// What is left on the account.
    pub(crate) balance: Option<Sum>,
}

/// Why a message was not taken, or not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) reason: Reason,
    /// The gateway's own code, or what else there is to look up.
    pub(crate) code: String,
}

impl Refused {
    pub(crate) fn new(reason: Reason, code: impl ToString) -> Self {
        Self {
            reason,
            code: code.to_string(),
        }
    }
}

/// How a message stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// On its way.
    Pending,
    /// On the phone.
    Delivered,
    /// It will not be.
    Failed(Refused),
    /// The gateway knows no such message.
    Missing,
    /// There was no answer that says; the text is for the log.
    Unknown(String),
}

/// A gateway's word on one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) standing: Standing,
    /// When it came to stand so.
    pub(crate) at: Option<Timestamp>,
    pub(crate) cost: Option<Sum>,
}

impl Word {
    pub(crate) const fn of(standing: Standing) -> Self {
        Self {
            standing,
            at: None,
            cost: None,
        }
    }
}

/// Which message a receipt is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// By our name for it.
    Reference(String),
    /// By the gateway's.
    GatewayId(String),
}

/// The one table of reasons: each with its name and what follows from it.
macro_rules! reasons {
    ($($(#[$meta:meta])* $variant:ident = $name:literal, $then:ident;)+) => {
        /// Why a message did not go out or did not arrive.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Reason { $($(#[$meta])* $variant,)+ }

        impl Reason {
            /// Every reason.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Stable name: in the database, in events and in the log.
            pub(crate) const fn as_str(self) -> &'static str { match self { $(Self::$variant => $name,)+ } }

            /// From the name.
            pub(crate) fn parse(text: &str) -> Option<Self> { match text { $($name => Some(Self::$variant),)+ _ => None } }

            /// What to do when a gateway refuses a message for it.
            pub(crate) const fn then(self) -> Then { match self { $(Self::$variant => Then::$then,)+ } }
        }
    };
}

reasons! {
    /// No such number, or one that no SMS goes to.
    BadNumber = "bad_number", Fail;
    /// The text may not be sent.
    Blocked = "blocked", Fail;
    /// The person doesn't want any.
    OptedOut = "opted_out", Fail;
    /// This gateway has no way to the number's operator.
    NoRoute = "no_route", Next;
    /// Too many messages to this number, or the same one too soon.
    TooOften = "too_often", Later;
    /// The account at the gateway is empty.
    NoMoney = "no_money", Next;
    /// Login, password or address are not accepted.
    Auth = "auth", Next;
    /// The sender's name is not agreed there.
    Sender = "sender", Next;
    /// The gateway finds a mistake in the request.
    Request = "request", Next;
    /// The gateway was not reached, or can't work now.
    Down = "down", Next;
    /// The phone was away for too long.
    Expired = "expired", Fail;
    /// The operator gave it up.
    Undelivered = "undelivered", Fail;
    /// A code that this list does not know.
    Other = "other", Next;
}

/// What follows when a gateway refuses a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nobody else would do better.
    Fail,
    /// The same gateway later; another one would only go around a limit that protects the person.
    Later,
    /// The next gateway now.
    Next,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_have_names_of_their_own() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(*reason));
        }
    }
}
