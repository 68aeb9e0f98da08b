//! The patient's page and the verifier in Chromium at phone size, the clinic's console at a desk.

mod accessibility;
mod account;
mod agreement;
mod axe;
mod branding;
mod clinic;
mod codes;
mod consultation;
mod entry;
mod esia;
mod failures;
mod keeping;
mod passkeys;
mod push;
mod sign;
mod steps;
mod unchanged;
mod verify;
