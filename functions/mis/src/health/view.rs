//! What `GET /api/health` tells.

use podpis_kit::store::esia_health;
use podpis_kit::store::sms_gateways::{self, Failed};
use podpis_shared::Timestamp;
use podpis_shared::policy::Term;
use podpis_shared::wire::vault;
use serde::Serialize;

/// How it stands with the installation.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Health {
    pub(super) status: Overall,
    pub(super) version: &'static str,
    pub(super) journal: Journal,
    pub(super) seal: Seal,
    pub(super) outbox: Outbox,
    pub(super) esia: esia_health::Health,
    pub(super) policy: Policy,
    /// Gateways of SMS, the first one first; `status` does not depend on them.
    pub(super) sms: Vec<Gateway>,
}

/// In a word.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(super) enum Overall {
    /// Nothing has to be mended.
    Ok,
    /// A journal doesn't add up, the operator's rows of the policy can't be taken, nothing can be sealed, or messages are not
    /// being sent.
    Degraded,
}

/// The journals of all clinics.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct Journal {
    /// The worst over all clinics; `unchecked`: not audited in full for two days.
    #[cfg_attr(test, schemars(extend("enum" = ["ok", "broken", "unchecked"])))]
    pub(super) state: &'static str,
    /// The oldest of the last audits.
    pub(super) checked_at: Option<Timestamp>,
    /// How many don't add up.
    pub(super) clinics_broken: i64,
}

/// Whether a document could be sealed now.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct Seal {
    pub(super) state: SealState,
}

/// How it stands with the operator's keys.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(super) enum SealState {
    /// All are there.
    Ok,
    /// The certificate is out of its time.
    Expired,
    /// A key is not there or doesn't fit, the log says which.
    Missing,
    /// The component doesn't answer.
    Unreachable,
}

impl From<vault::SealState> for SealState {
    fn from(state: vault::SealState) -> Self {
        match state {
            vault::SealState::Ok => Self::Ok,
            vault::SealState::Expired => Self::Expired,
            vault::SealState::Missing => Self::Missing,
        }
    }
}

/// Whether messages are being sent.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct Outbox {
    pub(super) state: OutboxState,
    /// How long the message longest due has been waiting.
    #[cfg_attr(test, schemars(range(min = 0)))]
    pub(super) overdue_seconds: i64,
}

/// In a word.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(super) enum OutboxState {
    /// What is due goes out.
    Ok,
    /// A message that is due has been waiting for more than 10 minutes.
    Late,
}

/// The table that says who may sign what and how; ends of acts do not change `status`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct Policy {
    pub(super) state: PolicyState,
    /// As each signature names it; with an operator's rows it ends in `+op:` and 8 hex digits of their SHA-256.
    pub(super) version: Option<String>,
    /// Acts that end within 90 days with nothing in their place, the nearest first.
    pub(super) expiring: Vec<Term>,
    /// Acts that have ended with nothing in their place: their rows block (rule R0).
    pub(super) expired: Vec<Term>,
}

/// In a word.
#[derive(PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(super) enum PolicyState {
    /// It decides.
    Ok,
    /// The operator's rows can't be taken, so nothing can be sent or signed; the log says why.
    Invalid,
}

/// A gateway of SMS, without its balance.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct Gateway {
    /// Which one.
    #[cfg_attr(test, schemars(extend("enum" = ["smsc", "smsru", "json"])))]
    name: String,
    state: sms_gateways::State,
    last_ok_at: Option<Timestamp>,
    last_error: Option<Failed>,
}

impl From<sms_gateways::Health> for Gateway {
    fn from(gateway: sms_gateways::Health) -> Self {
        Self {
            name: gateway.name,
            state: gateway.state,
            last_ok_at: gateway.last_ok_at,
            last_error: gateway.last_error,
        }
    }
}

/// The gateways that are set, the first one first.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct Gateways {
    pub(super) gateways: Vec<sms_gateways::Health>,
}
