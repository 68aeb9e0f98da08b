//! What a clinic chooses about notices.

use crate::templates::ClinicDetails;
use serde::{Deserialize, Serialize};

/// What a clinic chooses about notices, and what its documents say of it: `GET` and `PUT /api/v1/settings`. What `PUT` leaves
/// out is as usual again. It counts for documents sent from then on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Settings {
    /// How many hours before a document's end its person is reminded: up to 5 times, each 1 to 168; 24 as usual, none where
    /// empty.
    #[cfg_attr(feature = "schema", schemars(length(max = REMINDERS_MAX), inner(range(min = 1, max = BEFORE_MAX)), extend("uniqueItems" = true)))]
    pub reminders_before_hours: Vec<u16>,
    /// After how many hours, 1 to 720, an SMS tells of a document for the account that nobody has opened. It costs as any
    /// SMS; null, as usual: never.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = SMS_FALLBACK_MAX)))]
    pub sms_fallback_after_hours: Option<u16>,
    /// What documents made of templates say of the clinic beside its name.
    pub details: ClinicDetails,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reminders_before_hours: vec![24],
            sms_fallback_after_hours: None,
            details: ClinicDetails::default(),
        }
    }
}

impl Settings {
    /// Whether they are within their bounds.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), String> {
        let hours = &self.reminders_before_hours;
        let mut different = hours.clone();
        different.sort_unstable();
        different.dedup();
        let fits = different
            .iter()
            .all(|hours| (1..=BEFORE_MAX).contains(hours));
        if hours.len() > REMINDERS_MAX || different.len() != hours.len() || !fits {
            return Err("reminders_before_hours is up to 5 different numbers from 1 to 168".into());
        }
        let after = self.sms_fallback_after_hours;
        if after.is_some_and(|hours| !(1..=SMS_FALLBACK_MAX).contains(&hours)) {
            return Err("sms_fallback_after_hours is 1 to 720 or null".into());
        }
        self.details.check()
    }
}

/// Most reminders of one document.
pub const REMINDERS_MAX: usize = 5;

/// Longest time before the end, in hours: a week.
pub const BEFORE_MAX: u16 = 168;

/// Longest time until the SMS, in hours: 30 days.
pub const SMS_FALLBACK_MAX: u16 = 720;
