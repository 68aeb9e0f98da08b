//! The offline verifier in a Web Worker: `podpis-verify` with the two things that a page needs around it.
//!
//! [`recognise`] tells by their content what the files are that a person dropped, and [`check`] gives the report
//! together with what it was made of: the same text is shown, and saved by «Скачать отчёт (JSON)».
//!
//! Everything but [`bindings`] compiles and is tested on the host.

#![forbid(unsafe_code)]

pub mod answer;
pub mod kind;

#[cfg(target_arch = "wasm32")]
pub mod bindings;

pub use answer::{Files, check};
pub use kind::{FileKind, recognise};
