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

    /// Whether it shows that the gateway as a whole can't take messages now, rather than that it minds this one. `421` is a relay that
    /// closes (RFC 5321); any other `4yz` of SMTP is said of a letter or of us.
    pub(crate) const fn is_hosts_fault(&self) -> bool {
        match self.reason {
            Reason::Timeout | Reason::Dns | Reason::Connection | Reason::Tls => true,
            Reason::Unavailable | Reason::Limit => {
                matches!(self.status, None | Some(421 | 429 | 500..))
            }
            _ => false,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_fault_it_is() {
        for (reason, status, hosts) in [
            (Reason::Timeout, None, true),
            (Reason::Connection, None, true),
            (Reason::Unavailable, Some(503), true),
            (Reason::Unavailable, Some(421), true),
            (Reason::Limit, Some(429), true),
            // Greylisting; our own login; what is wrong on our side.
            (Reason::Unavailable, Some(450), false),
            (Reason::Unavailable, Some(454), false),
            (Reason::NotConfigured, Some(535), false),
            (Reason::Internal, None, false),
        ] {
            let failed = Failed {
                status,
                ..Failed::for_now(reason)
            };
            assert_eq!(failed.is_hosts_fault(), hosts, "{failed:?}");
        }
        assert!(!Failed::for_good(Reason::Rejected).is_hosts_fault());
    }
}
