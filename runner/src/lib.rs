//! Local runtime of Podpis: serves the components of `spin.toml` on Wasmtime
//! as Spin 4 does, for a machine without the Spin CLI, and for tests.
//!
//! Spin is the production runtime. What differs here on purpose: limits of
//! memory and time, request ids, ticks, and a refusal of every manifest key
//! that is not implemented.

pub mod app;
pub mod cache;
pub mod files;
pub mod host_http;
pub mod host_sockets;
pub mod host_sqlite;
pub mod instance;
pub mod limits;
pub mod load;
pub mod log;
pub mod manifest;
pub mod networks;
pub mod outbound;
pub mod output;
pub mod problem;
pub mod request_id;
pub mod routes;
pub mod runtime_config;
pub mod server;
pub mod template;
pub mod ticker;

mod bindings;
mod body;
mod host_sqlite_calls;
mod host_variables;
mod request_line;
mod send;
