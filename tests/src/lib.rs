#![doc = include_str!("../README.md")]

mod actors;
pub mod browser;
pub mod client;
pub mod gate;
pub mod gateways;
pub mod judges;
pub mod mail_service;
pub mod pdf;
pub mod picture;
mod process;
pub mod production;
pub mod push;
mod receiver;
pub mod relay;
mod server;
pub mod signer;
mod stack;
pub mod time;
pub mod tsa;
pub mod ukep;
mod wait;

pub use actors::{
    Account, Callback, Clinic, Member, Operator, Passkey, Patient, Person, Right, Sandbox,
    Signature, Staff, Upload, Visitor,
};
pub use receiver::{Reaction, Received, Receiver};
pub use stack::{Crash, Esia, Settings, Simulator, Stack, data_folder as scratch};
pub use wait::wait_for;
