//! The patient's page and the verifier in Chromium at phone size.

mod accessibility;
mod account;
mod agreement;
mod axe;
mod branding;
mod codes;
mod consultation;
mod entry;
mod esia;
mod failures;
mod keeping;
mod push;
mod sign;
mod steps;
mod unchanged;
mod verify;
