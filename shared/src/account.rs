//! Who gets into which account: the decisions, without any IO. The threats that they meet stand in `docs/account.md`.

mod bind;
mod device;
mod gate;
mod people;
pub mod retention;
mod sign_in;
mod take;

pub use bind::{Bind, BindFacts};
pub use device::device_name;
pub use gate::{GateFacts, GateOutcome, Reply};
pub use people::{Whose, by_clinic, distinct, same_person, whose};
pub use sign_in::{Decision, Reach, SignInFacts, State, at_sign_in, reach, silent};
pub use take::{Other, Proof, Take, TakeFacts, may_change, take_contact};

pub use bind::bind;
pub use gate::gate;

/// A number that nobody proved for so long may have another owner, in seconds: 60 days. Operators give a number out again
/// no sooner.
pub const SILENCE_S: i64 = 60 * 24 * 3600;

/// Wrong dates of birth at a gate; after them only ESIA opens it.
pub const GATE_TRIES: u32 = 3;

/// So long wrong dates count where clinics named several people, in seconds: a day. At a silent number they count until
/// somebody gets through.
pub const GATE_TRIES_S: i64 = 24 * 3600;

/// How long a sign-in counts as a fresh proof for a change of phones and e-mails, in seconds: 15 minutes.
pub const PROOF_S: i64 = 15 * 60;

/// As many phones and e-mails as an account holds at most.
pub const CONTACTS_MAX: usize = 6;
