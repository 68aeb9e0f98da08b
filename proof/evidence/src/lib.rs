#![doc = include_str!("../README.md")]

mod bundle;
mod canonical;
mod code;
mod esia_keys;
mod jws;
mod oid;
mod trust;

pub use bundle::{
    Browser, Bundle, Capacity, Clinic, ClinicCertificate, ClinicSignature, Document, Entry, Esia,
    FORMAT, Hashed, Journal, Message, Moment, Operator, Policy, Signature, Signer, salted,
};
pub use canonical::{CanonicalError, canonical};
pub use code::{Agreement, Code, account_fingerprint};
pub use esia_keys::{KeySet, KeySetError, TrustedKey};
pub use jws::{
    EvidenceKey, PublicJwk, SignatureError, check_signature, seed_from_pem, seed_to_pem, sign,
};
pub use oid::Oid;
pub use trust::{TRUST_FORMAT, Trust};
