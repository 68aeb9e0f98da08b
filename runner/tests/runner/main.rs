//! The runner as others use it: manifests that it takes and refuses, and a
//! component that tries everything.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod harness;
mod http;
mod lifecycle;
mod limits;
mod manifest;
mod network;
mod permissions;
mod sqlite;
