//! The patient's page in Chromium at phone size.

mod accessibility;
mod failures;
mod sign;
mod steps;
mod unchanged;
