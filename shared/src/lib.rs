//! The domain of Podpis, compiled for the browser and for the functions.
//!
//! This crate does no IO, knows no clock and no randomness: times and random
//! bytes come in as arguments. What stands here is the same on both sides of
//! the wire, so that a page and a function never disagree.

#![forbid(unsafe_code)]

pub mod account;
pub mod address;
pub mod branding;
pub mod bulk;
pub mod clinic_signature;
pub mod consultation;
pub mod delivery;
pub mod document;
pub mod hash;
pub mod person;
pub mod policy;
pub mod problem;
pub mod push;
pub mod sensitive;
pub mod sms_parts;
pub mod staff;
pub mod templates;
pub mod time;
pub mod usage;
pub mod wire;

pub use document::{Delivery, Kind, Method, Parties, Purpose, Status};
pub use hash::{DocumentHasher, Hashes};
pub use person::{Birthday, Email, Person, Phone, Snils};
pub use sensitive::Sensitive;
pub use time::Timestamp;

/// Largest PDF of a document, in bytes: 25 MiB.
pub const DOCUMENT_MAX: usize = 25 * 1024 * 1024;
