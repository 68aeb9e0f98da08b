//! The product over HTTP, as MIS, operator, patients and outsiders meet it.

mod account;
mod at_rest;
mod crash;
mod documents;
mod esia_down;
mod esia_failures;
mod esia_rotation;
mod esia_session;
mod esia_signer;
mod esia_ways;
mod export;
mod headers;
mod idempotency;
mod journal;
mod limits;
mod link;
mod operator;
mod outsider;
mod people;
mod policy;
mod seal;
mod sign;
mod tamper;
mod upload;
mod verify;
mod witness;
