#![doc = include_str!("../README.md")]

mod active;
mod append;
mod attach;
mod claims;
mod examine;
mod inspect;
mod protocol;
mod protocol_page;
mod reader;
mod revision;
mod signature;
pub mod template;
pub mod typeset;
mod unsealed;
mod update;

pub use append::{AppendError, append_protocol, append_timestamp};
pub use attach::EVIDENCE_NAME;
pub use examine::{
    Change, Covered, ExamineError, Examined, FoundSignature, RangeFault, Severity, SignatureKind,
    Step, attachment, changes, examine, harmful,
};
pub use inspect::{Inspected, Refusal, inspect};
pub use protocol::{
    AgreementFacts, Capacity, ClinicFacts, CodeChannel, CodeFacts, ConsentFacts, DocumentFacts,
    EsiaFacts, Identification, Protocol, SealText, SignerFacts,
};
pub use signature::SealField;
pub use unsealed::Unsealed;
