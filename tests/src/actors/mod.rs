//! Who does what in the tests: operator, clinic, patient, and the sandbox's messages.

mod account;
mod clinic;
mod member;
mod operator;
mod patient;
mod sandbox;
mod staff;
mod visitor;

pub use account::{Account, Right};
pub use clinic::{Clinic, Person, Upload};
pub use member::Member;
pub use operator::Operator;
pub use patient::{Callback, Patient, Signature};
pub use sandbox::Sandbox;
pub use staff::{Passkey, Staff};
pub use visitor::Visitor;

/// A number that no other test of this process gets, and that differs from run to run.
fn unique() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let mut bytes = [0_u8; 4];
    // Without randomness the counter and the process still tell tests apart.
    let _ = getrandom::fill(&mut bytes);
    let number = u32::from_le_bytes(bytes);
    format!(
        "{}-{}-{number:08x}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}
