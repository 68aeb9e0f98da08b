//! The offline verifier of signed PDFs: bytes in, a report out. No IO, no clock, no randomness.

#![forbid(unsafe_code)]

pub mod report;

pub use report::{Check, CheckId, Fact, Kind, LaterEvent, Outcome, Report, Verdict};
