//! What every function needs: the database, HTTP answers, variables, randomness,
//! the clock, and calls to its neighbours.
//!
//! Instances are reused for many requests, some at the same time: nothing here
//! keeps a secret or a request's data in a static.

#![forbid(unsafe_code)]

pub mod acceptance;
pub mod access;
pub mod act;
pub mod actor;
pub mod at_rest;
pub mod cookie;
pub mod daytime;
pub mod db;
pub mod extract;
pub mod files;
pub mod html;
pub mod http;
mod metrics;
pub mod neighbour;
pub mod outbound;
pub mod policy;
pub mod random;
pub mod rates;
pub mod session;
pub mod staff;
pub mod store;
pub mod vars;
pub mod webhook_url;

pub use actor::Actor;
pub use db::{Db, Tx};
pub use http::{Context, Failure, Result, router, serve, serve_counted};

use podpis_shared::Timestamp;

/// The host's clock.
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp::from_unix(since.map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX)))
}
