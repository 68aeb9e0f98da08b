//! A clinic's look on the patient's pages: what may be chosen, and what it is made into so that everybody can read it.

mod color;
mod name;

pub use color::{Color, Palette, Theme};
pub use name::{NAME_MAX, NameError, display_name};

use serde::{Deserialize, Serialize};

/// Largest logo that is taken, in bytes.
pub const LOGO_MAX: usize = 256 * 1024;

/// Longest side of a logo, in pixels.
pub const LOGO_SIDE_MAX: u32 = 1024;

/// Shortest side of a logo, in pixels.
pub const LOGO_SIDE_MIN: u32 = 16;

/// A logo as pages load it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(inline, deny_unknown_fields)
)]
pub struct Logo {
    /// Path at our own origin; what stands there never changes.
    pub src: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}
