//! What goes over the wire between pages and functions, and among functions.

pub mod patient;
