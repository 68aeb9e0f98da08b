//! What is about the clinic rather than about documents.

pub(super) mod archive;
pub(super) mod clinic;
pub(super) mod journal;
pub(super) mod keys;
pub(super) mod look;
pub(super) mod me;
mod reminders;
pub(super) mod staff;
pub(super) mod usage;
pub(super) mod webhook;
