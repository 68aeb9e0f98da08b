//! The API of MIS and operator: `/api/v1/…`. Names are those of the contract.

mod agreement;
mod clinics;
mod document;
mod package;
mod sending;
mod settings;

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

pub use agreement::{Acceptance, Agreement};
pub use clinics::{CLINIC_NAME_MAX, Clinic, NewClinic};
pub use document::{ClinicMark, Document, Reminded, Signature, Whose};
pub use package::{PACKAGE_ID_MAX, PACKAGE_MAX, Package};
pub use sending::{ClinicSigner, EXTERNAL_ID_MAX, NewDocument, Representative, TITLE_MAX};
pub use settings::{BEFORE_MAX, REMINDERS_MAX, SMS_FALLBACK_MAX, Settings};

/// One event of a clinic.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// Order within the clinic; the cursor of `?after=`.
    pub seq: i64,
    /// Unique id.
    pub id: String,
    /// Type, for example `document.sent`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The document, where it is about one.
    pub document_id: Option<String>,
    /// When.
    pub at: Timestamp,
    /// More, by type.
    #[cfg_attr(feature = "schema", schemars(extend("type" = "object")))]
    pub data: serde_json::Value,
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Cursor for `?after=`; null at the end.
    pub next: Option<String>,
}
