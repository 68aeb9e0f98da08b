//! What `sms` answers when a message was handed to it: `POST /send`, over service chaining only.
//!
//! A problem (503, 429) in place of this means: not now, the same message again later.

use crate::delivery::Reason;
use serde::{Deserialize, Serialize};

/// What became of a message at its gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Handed {
    /// The gateway took it; its receipt comes later, and is settled by whoever gets it.
    Sent {
        /// The gateway's own number of it.
        reference: String,
    },
    /// It is there already.
    Delivered {
        /// The gateway's own number of it.
        #[serde(default)]
        reference: Option<String>,
    },
    /// The gateway refuses it for good.
    Failed {
        /// Why.
        reason: Reason,
    },
}
