//! Packages of documents.

use serde::{Deserialize, Serialize};

/// Longest id of a package, in characters.
pub const PACKAGE_ID_MAX: usize = 64;

/// Most documents of a package for one signer.
pub const PACKAGE_MAX: u8 = 20;

/// Documents that their signer is told of in one message. Each is opened, signed or declined on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Package {
    /// The MIS's own id of the package.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = PACKAGE_ID_MAX)))]
    pub id: String,
    /// How many documents of it the signer of this one gets. The message goes out with the last of them, or 15 minutes after the
    /// latest where some never come.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = PACKAGE_MAX)))]
    pub of: u8,
}

impl Package {
    /// Whether it is within its bounds.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), String> {
        let length = self.id.chars().count();
        if !(1..=PACKAGE_ID_MAX).contains(&length) || self.id.chars().any(char::is_control) {
            return Err(format!("package.id is 1 to {PACKAGE_ID_MAX} characters"));
        }
        if !(1..=PACKAGE_MAX).contains(&self.of) {
            return Err(format!("package.of is 1 to {PACKAGE_MAX}"));
        }
        Ok(())
    }
}
