//! The patient's PDF: hashed while it streams in, then drawn page by page.
//!
//! The browser runs this crate as its own small Wasm module in a Web Worker, so
//! that drawing never holds up the page, and a trap in here ends the worker and
//! not the page. What is hashed is what is drawn: [`Intake`] owns the bytes from
//! the first chunk on, and the [`Document`] is made of the very same bytes.
//!
//! Everything but [`bindings`] compiles and is tested on the host.

#![forbid(unsafe_code)]

mod annotations;
pub mod document;
pub mod intake;
pub mod substitutes;
mod wholeness;

#[cfg(target_arch = "wasm32")]
pub mod bindings;

pub use document::{Document, PageSize, Picture};
pub use intake::{Intake, OpenError, Opened};
pub use substitutes::Substitutes;
pub use wholeness::Flaw;
