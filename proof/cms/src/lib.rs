#![doc = include_str!("../README.md")]

pub mod chain;
pub mod clinic;
pub mod crl;
pub mod make;
pub mod qualified;
pub mod tsp;

mod algorithm;
mod asn1;
mod attributes;
mod ber;
mod build;
mod certificate;
mod detached;
mod error;
mod key;
mod name;
mod signed_data;

pub use algorithm::{Algorithm, HashKind, Scheme, SignedWith};
pub use build::{ContentType, ToSign};
pub use certificate::Certificate;
pub use detached::Detached;
pub use error::CmsError;
pub use key::SoftwareKey;
pub use signed_data::{SignedData, Signer, Verified};
