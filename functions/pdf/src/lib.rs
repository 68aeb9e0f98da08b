#![doc = include_str!("../README.md")]

mod active;
mod append;
mod attach;
mod inspect;
mod protocol;
mod protocol_page;
mod reader;
mod revision;
pub mod typeset;

pub use append::{AppendError, append_protocol};
pub use attach::EVIDENCE_NAME;
pub use inspect::{Inspected, Refusal, inspect};
pub use protocol::{
    Capacity, ClinicFacts, ConsentFacts, DocumentFacts, Identification, Protocol, SealText,
    SignerFacts,
};
