//! What one try to deliver something gives, on every channel.

use podpis_shared::delivery::Reason;

/// It was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Receipt {
    /// The gateway's own number of it.
    pub(crate) reference: Option<String>,
    /// What is known by now.
    pub(crate) known: Known,
    /// HTTP status of the answer, where there was one.
    pub(crate) status: Option<u16>,
}

/// How much a receipt says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// The recipient has it.
    Delivered,
    /// The gateway has it, and says later what became of it.
    Later,
    /// The gateway has it, and never says more.
    NoMore,
}

/// It was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failed {
    /// Whether a later try may succeed.
    pub(crate) retry: bool,
    /// Why.
    pub(crate) reason: Reason,
    /// Seconds that the other side asks us to wait.
    pub(crate) after: Option<i64>,
    /// HTTP status of the answer, where there was one.
    pub(crate) status: Option<u16>,
}

impl Failed {
    /// It may go well later.
    pub(crate) const fn for_now(reason: Reason) -> Self {
        Self {
            retry: true,
            reason,
            after: None,
            status: None,
        }
    }

    /// It never will.
    pub(crate) const fn for_good(reason: Reason) -> Self {
        Self {
            retry: false,
            reason,
            after: None,
            status: None,
        }
    }
}
