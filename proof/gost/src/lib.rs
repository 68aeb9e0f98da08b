#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod comb;
mod curve;
mod digest;
mod error;
mod field;
mod form;
mod key;
mod nonce;
mod params;
mod point;
#[cfg(test)]
mod samples;
mod signature;
mod vartime;

pub use digest::streebog;
pub use error::GostError;
pub use form::KeyFormError;
pub use key::{PublicKey, SecretKey};
pub use params::ParamSet;
