#![doc = include_str!("../README.md")]

mod actors;
pub mod browser;
pub mod client;
pub mod judges;
pub mod pdf;
mod process;
mod stack;
mod wait;

pub use actors::{Callback, Clinic, Operator, Patient, Person, Sandbox, Signature, Upload};
pub use stack::{Settings, Stack};
pub use wait::wait_for;
