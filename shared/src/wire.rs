//! What goes over the wire between pages and functions, and among functions.

pub mod account;
pub mod code;
pub mod consultation;
pub mod handed;
pub mod journal;
pub mod kept;
pub mod mis;
pub mod patient;
pub mod staff;
pub mod templates;
pub mod vault;
