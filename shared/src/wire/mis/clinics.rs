//! Clinics, as the operator makes and sees them.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Longest name of a clinic, in characters.
pub const CLINIC_NAME_MAX: usize = 200;

/// A clinic to be made: `POST /api/v1/operator/clinics`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewClinic {
    /// Name as patients know it.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = CLINIC_NAME_MAX)))]
    pub name: String,
    /// ИНН, 10 or 12 digits.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"^([0-9]{10}|[0-9]{12})$"))
    )]
    pub inn: String,
    /// ОГРН, 13 or 15 digits.
    #[serde(default)]
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"^([0-9]{13}|[0-9]{15})$"))
    )]
    pub ogrn: Option<String>,
    /// IANA name; Europe/Moscow where absent.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 64), extend("default" = "Europe/Moscow")))]
    pub timezone: Option<String>,
}

/// A clinic as the operator sees it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Clinic {
    /// Our id.
    pub id: String,
    /// Name as patients know it.
    pub name: String,
    /// ИНН.
    pub inn: String,
    /// ОГРН.
    pub ogrn: Option<String>,
    /// IANA name.
    pub timezone: String,
    /// When it was made.
    pub created_at: Timestamp,
}
